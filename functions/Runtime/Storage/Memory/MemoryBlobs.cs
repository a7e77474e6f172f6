using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>The blobs of one container in this process, for the simulation and for tests.</summary>
public sealed class MemoryBlobs(TimeProvider time, Func<Guid> newGuid) : IBlobs
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, (byte[] Content, BlobProperties Properties)> blobs = new(
        StringComparer.Ordinal
    );
    private bool exists;

    public Task CreateAsync(CancellationToken ct = default)
    {
        exists = true;
        return Task.CompletedTask;
    }

    public async Task<BlobProperties> PutAsync(
        string name,
        Stream content,
        bool createOnly = false,
        CancellationToken ct = default
    )
    {
        StorageName.Blob(name);
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, ct);
        var bytes = copy.ToArray();
        var etag = $"\"{newGuid():N}\"";
        var properties = new BlobProperties(bytes.Length, MD5.HashData(bytes), etag, time.GetUtcNow());
        lock (gate)
        {
            CheckContainer();
            if (createOnly && blobs.ContainsKey(name))
                throw Fault.Conflict($"blob {name}: there already.", "BlobAlreadyExists");
            blobs[name] = (bytes, properties);
        }
        return properties;
    }

    public async Task<Stream> OpenAsync(
        string name,
        long offset = 0,
        long? count = null,
        CancellationToken ct = default
    )
    {
        BlobRange.Check(offset, count);
        var content = Find(name).Content;
        var from = (int)Math.Min(offset, content.Length);
        return new MemoryStream(
            content,
            from,
            (int)Math.Min(count ?? int.MaxValue, content.Length - from),
            writable: false
        );
    }

    public async Task<BlobProperties> GetPropertiesAsync(string name, CancellationToken ct = default) =>
        Find(name).Properties;

    public Task<bool> ExistsAsync(string name, CancellationToken ct = default)
    {
        lock (gate)
            return Task.FromResult(blobs.ContainsKey(StorageName.Blob(name)));
    }

    public Task DeleteAsync(string name, CancellationToken ct = default)
    {
        lock (gate)
            blobs.Remove(StorageName.Blob(name));
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<BlobItem> ListAsync(
        string prefix = "",
        [EnumeratorCancellation] CancellationToken ct = default
    )
    {
        BlobItem[] found;
        lock (gate)
        {
            CheckContainer();
            found =
            [
                .. blobs
                    .Where(blob => blob.Key.StartsWith(prefix))
                    .Select(blob => new BlobItem(blob.Key, blob.Value.Properties)),
            ];
        }
        foreach (var item in found)
            yield return item;
    }

    private (byte[] Content, BlobProperties Properties) Find(string name)
    {
        lock (gate)
        {
            CheckContainer();
            return blobs.TryGetValue(StorageName.Blob(name), out var blob)
                ? blob
                : throw Fault.NotFound($"blob {name}: not there.", "BlobNotFound");
        }
    }

    private void CheckContainer()
    {
        if (!exists)
            throw Fault.NotFound("The container is not there.", "ContainerNotFound");
    }
}
