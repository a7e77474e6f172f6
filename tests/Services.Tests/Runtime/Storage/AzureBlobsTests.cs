using Pipeline.Runtime.Storage;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class AzureBlobsTests(AzuriteFixture azurite) : BlobsContract
{
    protected override async Task<IBlobs> BlobsAsync() =>
        new AzureBlobs(await azurite.ConnectAsync(), azurite.NewName(), azurite.Transport);
}
