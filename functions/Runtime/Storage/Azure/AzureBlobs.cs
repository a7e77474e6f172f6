namespace Pipeline.Runtime.Storage;

/// <summary>The blobs of one container in a storage account (Azurite locally).</summary>
public sealed class AzureBlobs(StorageConnection connection, string container, StorageTransport transport) : IBlobs
{
    private readonly BlobContainerClient client = new(connection, container, transport);

    public Task CreateAsync(CancellationToken ct = default) => client.CreateIfNotExistsAsync(ct);

    public Task<BlobProperties> PutAsync(
        string name,
        Stream content,
        bool createOnly = false,
        CancellationToken ct = default
    ) => client.GetBlobClient(name).UploadAsync(content, overwrite: !createOnly, ct);

    public Task<Stream> OpenAsync(string name, long offset = 0, long? count = null, CancellationToken ct = default) =>
        client.GetBlobClient(name).OpenReadAsync(offset, count, ct);

    public Task<BlobProperties> GetPropertiesAsync(string name, CancellationToken ct = default) =>
        client.GetBlobClient(name).GetPropertiesAsync(ct);

    public Task<bool> ExistsAsync(string name, CancellationToken ct = default) =>
        client.GetBlobClient(name).ExistsAsync(ct);

    public Task DeleteAsync(string name, CancellationToken ct = default) =>
        client.GetBlobClient(name).DeleteIfExistsAsync(ct);

    public IAsyncEnumerable<BlobItem> ListAsync(string prefix = "", CancellationToken ct = default) =>
        client.GetBlobsAsync(prefix, ct: ct);
}
