using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

/// <summary>Uploads and downloads over connections that fail.</summary>
public sealed class BlobTransferTests(AzuriteFixture azurite) : IDisposable
{
    private const int Block = 4 * 1024 * 1024;
    private readonly TamperingHandler wire = new();
    private readonly List<StorageTransport> transports = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => transports.ForEach(transport => transport.Dispose());

    [Theory]
    [InlineData(1000)]
    [InlineData(Block + 1000)]
    public async Task A_create_whose_answer_was_lost_is_success(int length)
    {
        var blob = await NewBlobAsync();
        var lost = 0;
        wire.LosesAnswer = request => request.Headers.Contains("If-None-Match") && lost++ == 0;
        var properties = await blob.UploadAsync(new TrickleStream(new byte[length]), ct: Ct);
        Assert.Equal(2, lost);
        Assert.Equal(length, properties.ContentLength);
        Assert.Equal(properties.ETag, (await blob.GetPropertiesAsync(Ct)).ETag);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Block + 1000)]
    public async Task An_upload_whose_connection_is_always_cut_leaves_no_blob(int length)
    {
        var blob = await NewBlobAsync();
        wire.CutsRequest = request => request.Method == HttpMethod.Put;
        var fault = await Assert.ThrowsAsync<Fault>(() =>
            blob.UploadAsync(new TrickleStream(new byte[length]), ct: Ct)
        );
        Assert.Equal(FaultCode.Unavailable, fault.Code);
        Assert.False(await blob.ExistsAsync(Ct));
    }

    [Fact]
    public async Task An_upload_whose_connection_is_cut_now_and_then_succeeds()
    {
        var blob = await NewBlobAsync();
        var puts = 0;
        wire.CutsRequest = request => request.Method == HttpMethod.Put && puts++ % 2 == 0;
        var content = Bytes((2 * Block) + 5);
        await blob.UploadAsync(new TrickleStream(content), ct: Ct);
        Assert.Equal(content, await ReadAsync(blob));
    }

    [Fact]
    public async Task An_upload_cancelled_in_the_middle_leaves_no_blob()
    {
        var blob = await NewBlobAsync();
        using var caller = new CancellationTokenSource();
        var puts = 0;
        wire.LosesAnswer = _ =>
        {
            if (++puts == 2)
                caller.Cancel();
            return false;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            blob.UploadAsync(new TrickleStream(new byte[3 * Block]), ct: caller.Token)
        );
        Assert.False(await blob.ExistsAsync(Ct));
    }

    [Fact]
    public async Task A_download_goes_on_where_its_connection_broke()
    {
        var blob = await NewBlobAsync();
        var content = Bytes(1_000_000);
        await blob.UploadAsync(new MemoryStream(content), ct: Ct);
        var gets = 0;
        wire.CutsAnswer = request => request.Method == HttpMethod.Get && gets++ < 5 ? 150_000 : null;
        Assert.Equal(content, await ReadAsync(blob));
        Assert.Equal(6, gets);
        gets = 0;
        wire.CutsAnswer = request => request.Method == HttpMethod.Get && gets++ < 2 ? 1000 : null;
        Assert.Equal(content[500..9000], await ReadAsync(blob, 500, 8500));
        Assert.Equal(3, gets);
    }

    [Fact]
    public async Task A_download_that_makes_no_headway_ends()
    {
        var blob = await NewBlobAsync();
        await blob.UploadAsync(new MemoryStream(Bytes(1000)), ct: Ct);
        wire.CutsAnswer = request => request.Method == HttpMethod.Get ? 0 : null;
        Assert.Equal(FaultCode.Unavailable, (await Assert.ThrowsAsync<Fault>(() => ReadAsync(blob))).Code);
    }

    [Fact]
    public async Task A_download_never_mixes_two_contents()
    {
        var blob = await NewBlobAsync();
        await blob.UploadAsync(new MemoryStream(new byte[1000]), ct: Ct);
        wire.CutsAnswer = request => request.Method == HttpMethod.Get ? 400 : null;
        await using var stream = await blob.OpenReadAsync(ct: Ct);
        await stream.ReadExactlyAsync(new byte[400], Ct);
        await blob.UploadAsync(new MemoryStream(Bytes(1000)), overwrite: true, Ct);
        var fault = await Assert.ThrowsAsync<Fault>(() => stream.ReadExactlyAsync(new byte[400], Ct).AsTask());
        Assert.Equal(FaultCode.Conflict, fault.Code);
    }

    [Fact]
    public async Task A_long_list_comes_page_by_page()
    {
        var container = await azurite.NewContainerAsync();
        for (var i = 0; i < 7; i++)
            await container.GetBlobClient($"b{i}").UploadAsync(new MemoryStream(), ct: Ct);
        var names = new List<string>();
        await foreach (var blob in container.GetBlobsAsync("b", pageSize: 3, Ct))
            names.Add(blob.Name);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"b{i}"), names);
    }

    [Fact]
    public async Task A_container_is_deleted_with_its_blobs()
    {
        var container = await azurite.NewContainerAsync();
        await container.GetBlobClient("b").UploadAsync(new MemoryStream(), ct: Ct);
        Assert.True(await container.ExistsAsync(Ct));
        await container.DeleteIfExistsAsync(Ct);
        await container.DeleteIfExistsAsync(Ct);
        Assert.False(await container.ExistsAsync(Ct));
        Assert.False(await container.GetBlobClient("b").DeleteIfExistsAsync(Ct));
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(BlobClient blob, long offset = 0, long? count = null)
    {
        await using var stream = await blob.OpenReadAsync(offset, count, Ct);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Ct);
        return copy.ToArray();
    }

    private async Task<BlobClient> NewBlobAsync()
    {
        var options = StorageClientOptions.Default with { FirstDelay = TimeSpan.FromMilliseconds(5) };
        var transport = new StorageTransport(azurite.Time, Randomness.Secure().NewGuid, options, wire);
        transports.Add(transport);
        var container = new BlobContainerClient(await azurite.ConnectAsync(), azurite.NewName(), transport);
        await container.CreateIfNotExistsAsync(Ct);
        return container.GetBlobClient("blob");
    }
}
