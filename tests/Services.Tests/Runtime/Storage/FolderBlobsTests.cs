using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class FolderBlobsTests : BlobsContract, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-blobs-").FullName;
    private readonly ManualTime time = new();
    private readonly Randomness randomness = Randomness.Seeded(1);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    protected override Task<IBlobs> BlobsAsync() => Task.FromResult<IBlobs>(Open());

    [Fact]
    public async Task Blobs_outlive_their_process()
    {
        var written = await (await CreatedAsync()).PutAsync("a/b", new MemoryStream(Bytes(100)), ct: Ct);
        var again = await CreatedAsync();
        var seen = await again.GetPropertiesAsync("a/b", Ct);
        Assert.Equal((written.ContentLength, written.ETag), (seen.ContentLength, seen.ETag));
        Assert.Equal(written.LastModified, seen.LastModified);
        Assert.Equal(Bytes(100), await ReadAsync(again, "a/b"));
    }

    [Fact]
    public async Task What_a_dead_process_was_writing_goes_at_the_next_start()
    {
        var blobs = await CreatedAsync();
        await blobs.PutAsync("whole", new MemoryStream(Bytes(1)), ct: Ct);
        await File.WriteAllBytesAsync(Path.Combine(Container, "0123.new"), Bytes(10), Ct);
        await CreatedAsync();
        Assert.Single(Directory.EnumerateFiles(Container));
        Assert.True(await blobs.ExistsAsync("whole", Ct));
    }

    [Fact]
    public async Task A_start_leaves_what_others_are_writing_alone()
    {
        var blobs = await CreatedAsync();
        var gate = new TaskCompletionSource();
        var put = blobs.PutAsync("slow", new GatedStream(gate.Task, Bytes(10)), ct: Ct);
        await CreatedAsync();
        gate.SetResult();
        await put;
        Assert.Equal(Bytes(10), await ReadAsync(blobs, "slow"));
    }

    [Fact]
    public async Task A_failed_put_leaves_no_file()
    {
        var blobs = await CreatedAsync();
        await Assert.ThrowsAsync<IOException>(() =>
            blobs.PutAsync("b", new TrickleStream(Bytes(100), breaksOff: true), ct: Ct)
        );
        Assert.Empty(Directory.EnumerateFiles(Container));
    }

    [Fact]
    public async Task A_damaged_file_is_refused()
    {
        var blobs = await CreatedAsync();
        await blobs.PutAsync("b", new MemoryStream(Bytes(100)), ct: Ct);
        var file = Assert.Single(Directory.EnumerateFiles(Container));
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file, Ct))[..^1], Ct);
        Assert.Equal(FaultCode.Internal, (await Assert.ThrowsAsync<Fault>(() => ReadAsync(blobs, "b"))).Code);
    }

    [Fact]
    public async Task What_is_being_read_may_be_deleted()
    {
        var blobs = await CreatedAsync();
        await blobs.PutAsync("b", new MemoryStream(Bytes(100)), ct: Ct);
        await using var stream = await blobs.OpenAsync("b", ct: Ct);
        await blobs.DeleteAsync("b", Ct);
        var content = new byte[100];
        await stream.ReadExactlyAsync(content, Ct);
        Assert.Equal(Bytes(100), content);
    }

    private string Container => Path.Combine(folder, "container");

    private FolderBlobs Open() => new(Container, time, randomness.NewGuid);

    private async Task<FolderBlobs> CreatedAsync()
    {
        var blobs = Open();
        await blobs.CreateAsync(Ct);
        return blobs;
    }

    /// <summary>A source whose bytes come when they may.</summary>
    private sealed class GatedStream(Task gate, byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            await gate;
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
