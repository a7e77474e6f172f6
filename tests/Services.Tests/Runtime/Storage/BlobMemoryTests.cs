using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Counts the whole process's allocations, so nothing runs beside it.</summary>
[Collection(nameof(Alone))]
public sealed class BlobMemoryTests(AzuriteFixture azurite)
{
    private const int Length = 100 * 1024 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_great_blob_goes_up_and_down_without_being_held()
    {
        var container = await azurite.NewContainerAsync();
        await container.GetBlobClient("warm").UploadAsync(new MemoryStream(new byte[1]), ct: Ct);
        var blob = container.GetBlobClient("great");

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await blob.UploadAsync(new ZeroStream(Length), ct: Ct);
        var uploaded = GC.GetTotalAllocatedBytes(precise: true);
        await using var content = await blob.OpenReadAsync(ct: Ct);
        var buffer = new byte[65536];
        long length = 0;
        while (await content.ReadAsync(buffer, Ct) is > 0 and var read)
            length += read;
        var downloaded = GC.GetTotalAllocatedBytes(precise: true);

        Assert.Equal(Length, length);
        Assert.InRange(uploaded - before, 0, 16 * 1024 * 1024);
        Assert.InRange(downloaded - uploaded, 0, 8 * 1024 * 1024);
    }
}
