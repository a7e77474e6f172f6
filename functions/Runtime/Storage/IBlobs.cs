namespace Pipeline.Runtime.Storage;

/// <summary>
/// The blobs of one container. Every call may throw `Unavailable`; an absent blob is `NotFound` with type
/// `BlobNotFound`, an absent container `NotFound` with type `ContainerNotFound`.
/// </summary>
public interface IBlobs
{
    /// <summary>Creates the container; an existing one is success.</summary>
    Task CreateAsync(CancellationToken ct = default);

    /// <summary>
    /// Stores the stream, of any length, without holding it in memory. It is seen whole or not at all: when the stream
    /// or the call fails, what was there before stays. <paramref name="createOnly"/>: `Conflict` when the blob exists.
    /// </summary>
    Task<BlobProperties> PutAsync(string name, Stream content, bool createOnly = false, CancellationToken ct = default);

    /// <summary>Reads <paramref name="count"/> bytes from <paramref name="offset"/>, less at the end, nothing beyond it.</summary>
    Task<Stream> OpenAsync(string name, long offset = 0, long? count = null, CancellationToken ct = default);

    Task<BlobProperties> GetPropertiesAsync(string name, CancellationToken ct = default);

    Task<bool> ExistsAsync(string name, CancellationToken ct = default);

    /// <summary>Deletes the blob; an absent one is success.</summary>
    Task DeleteAsync(string name, CancellationToken ct = default);

    /// <summary>The blobs whose name begins so, in the order of their names.</summary>
    IAsyncEnumerable<BlobItem> ListAsync(string prefix = "", CancellationToken ct = default);
}

/// <param name="ContentHash">The MD5 of the content; null when its writer gave none.</param>
public sealed record BlobProperties(long ContentLength, byte[]? ContentHash, string ETag, DateTimeOffset LastModified);

public sealed record BlobItem(string Name, BlobProperties Properties);
