using Pipeline.Data;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class MemoryBlobsTests : BlobsContract
{
    protected override Task<IBlobs> BlobsAsync() =>
        Task.FromResult<IBlobs>(new MemoryBlobs(new ManualTime(), Randomness.Seeded(1).NewGuid));

    [Fact]
    public async Task Every_call_is_complete_when_it_returns()
    {
        var blobs = await BlobsAsync();
        Task[] calls =
        [
            blobs.CreateAsync(Ct),
            blobs.PutAsync("b", new MemoryStream(Bytes(10)), ct: Ct),
            blobs.OpenAsync("b", ct: Ct),
            blobs.ListAsync(ct: Ct).GetAsyncEnumerator(Ct).MoveNextAsync().AsTask(),
            blobs.DeleteAsync("b", Ct),
            blobs.OpenAsync("b", ct: Ct),
        ];
        Assert.All(calls, call => Assert.True(call.IsCompleted));
    }
}
