using Pipeline.Runtime.Storage;

namespace Pipeline.Services.Tests.Image;

/// <summary>Blobs that a test looks at and interrupts.</summary>
internal sealed class WatchedBlobs(IBlobs inner) : IBlobs
{
    /// <summary>Runs when a blob has been stored, before its writer hears of it.</summary>
    public Func<Task> Stored { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs before a blob is deleted.</summary>
    public Func<Task> Deleting { get; set; } = () => Task.CompletedTask;

    public async Task<List<string>> NamesAsync()
    {
        var names = new List<string>();
        await foreach (var blob in inner.ListAsync())
            names.Add(blob.Name);
        return names;
    }

    public Task CreateAsync(CancellationToken ct = default) => inner.CreateAsync(ct);

    public async Task<BlobProperties> PutAsync(
        string name,
        Stream content,
        bool createOnly = false,
        CancellationToken ct = default
    )
    {
        var properties = await inner.PutAsync(name, content, createOnly, ct);
        await Stored();
        return properties;
    }

    public Task<Stream> OpenAsync(string name, long offset = 0, long? count = null, CancellationToken ct = default) =>
        inner.OpenAsync(name, offset, count, ct);

    public Task<BlobProperties> GetPropertiesAsync(string name, CancellationToken ct = default) =>
        inner.GetPropertiesAsync(name, ct);

    public Task<bool> ExistsAsync(string name, CancellationToken ct = default) => inner.ExistsAsync(name, ct);

    public async Task DeleteAsync(string name, CancellationToken ct = default)
    {
        await Deleting();
        await inner.DeleteAsync(name, ct);
    }

    public IAsyncEnumerable<BlobItem> ListAsync(string prefix = "", CancellationToken ct = default) =>
        inner.ListAsync(prefix, ct);
}

/// <summary>Blobs that read what they are given by small pieces and keep none of it.</summary>
internal sealed class DroppingBlobs(TimeProvider time) : IBlobs
{
    private const int Piece = 1 << 16;

    public long Read { get; private set; }

    public Task CreateAsync(CancellationToken ct = default) => Task.CompletedTask;

    public async Task<BlobProperties> PutAsync(
        string name,
        Stream content,
        bool createOnly = false,
        CancellationToken ct = default
    )
    {
        var piece = new byte[Piece];
        int read;
        while ((read = await content.ReadAsync(piece, ct)) > 0)
            Read += read;
        return new(Read, null, "\"etag\"", time.GetUtcNow());
    }

    public Task<Stream> OpenAsync(string name, long offset = 0, long? count = null, CancellationToken ct = default) =>
        throw new InvalidOperationException();

    public Task<BlobProperties> GetPropertiesAsync(string name, CancellationToken ct = default) =>
        throw new InvalidOperationException();

    public Task<bool> ExistsAsync(string name, CancellationToken ct = default) => Task.FromResult(false);

    public Task DeleteAsync(string name, CancellationToken ct = default) => Task.CompletedTask;

    public IAsyncEnumerable<BlobItem> ListAsync(string prefix = "", CancellationToken ct = default) =>
        throw new InvalidOperationException();
}
