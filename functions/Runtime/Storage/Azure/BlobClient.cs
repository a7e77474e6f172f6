using System.Net;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>
/// One block blob of Azure Blob Storage, by its REST API. Made from a container's client, or from the blob's URL with a
/// SAS, which may allow only some of the operations (`Unauthorized` for the others). Faults and repetition:
/// <see cref="IBlobs"/>, <see cref="StorageTransport"/>.
/// </summary>
public sealed class BlobClient
{
    private readonly Uri blob;
    private readonly StorageAccess access;
    private readonly StorageTransport transport;

    /// <param name="blobUri">The blob's URL with its SAS.</param>
    public BlobClient(Uri blobUri, StorageTransport transport)
    {
        (blob, access) = (StorageAccess.Bare(blobUri), StorageAccess.From(blobUri));
        Name = Uri.UnescapeDataString(blob.AbsolutePath.TrimStart('/'));
        this.transport = transport;
    }

    internal BlobClient(
        Uri container,
        string containerName,
        string name,
        StorageAccess access,
        StorageTransport transport
    )
    {
        blob = new Uri($"{container.AbsoluteUri}/{Uri.EscapeDataString(name).Replace("%2F", "/")}");
        Name = $"{containerName}/{name}";
        this.access = access;
        this.transport = transport;
    }

    /// <summary>`container/blob`.</summary>
    public string Name { get; }

    /// <summary>A URL that allows its holder just this, on this blob alone, until then.</summary>
    public Uri GenerateSasUri(BlobSasPermissions permissions, DateTimeOffset expiresOn) =>
        SharedAccessSignature.ForBlob(blob, Name, permissions, expiresOn, access.SigningKey);

    /// <summary>Stores the stream, of any length up to 195 GiB, from one pooled buffer of 4 MiB.</summary>
    public Task<BlobProperties> UploadAsync(Stream content, bool overwrite = false, CancellationToken ct = default) =>
        new BlobUpload(blob, Name, overwrite, access, transport).RunAsync(content, ct);

    /// <summary>Reads from the offset; a connection that breaks is taken up where it broke, as long as the blob is the same.</summary>
    public Task<Stream> OpenReadAsync(long offset = 0, long? count = null, CancellationToken ct = default) =>
        BlobDownload.OpenAsync(blob, Name, offset, count, access, transport, ct);

    public async Task<BlobProperties> GetPropertiesAsync(CancellationToken ct = default)
    {
        var answer = await transport.SendAsync(
            access,
            new StorageRequest(HttpMethod.Head, blob, $"look at blob {Name}"),
            ct
        );
        return BlobHeaders.Read(answer.Header, long.Parse(answer.Header("Content-Length") ?? "0"));
    }

    public async Task<bool> ExistsAsync(CancellationToken ct = default)
    {
        var request = new StorageRequest(HttpMethod.Head, blob, $"look at blob {Name}")
        {
            Expected = FaultCode.NotFound,
        };
        return (await transport.SendAsync(access, request, ct)).Status == HttpStatusCode.OK;
    }

    /// <summary>True when there was one.</summary>
    public async Task<bool> DeleteIfExistsAsync(CancellationToken ct = default)
    {
        var request = new StorageRequest(HttpMethod.Delete, blob, $"delete blob {Name}")
        {
            Expected = FaultCode.NotFound,
        };
        return (await transport.SendAsync(access, request, ct)).Status == HttpStatusCode.Accepted;
    }
}
