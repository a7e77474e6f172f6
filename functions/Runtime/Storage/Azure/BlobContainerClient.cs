using System.Net;
using System.Runtime.CompilerServices;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>One container of Azure Blob Storage, by its REST API. Faults and repetition: <see cref="IBlobs"/>, <see cref="StorageTransport"/>.</summary>
public sealed class BlobContainerClient
{
    private readonly Uri container;
    private readonly StorageAccess access;
    private readonly StorageTransport transport;

    public BlobContainerClient(StorageConnection connection, string containerName, StorageTransport transport)
    {
        Name = StorageName.Container(containerName);
        container = new Uri($"{connection.BlobEndpoint.AbsoluteUri.TrimEnd('/')}/{Name}");
        access = connection.Access;
        this.transport = transport;
    }

    public string Name { get; }

    public BlobClient GetBlobClient(string blobName) =>
        new(container, Name, StorageName.Blob(blobName), access, transport);

    public Task CreateIfNotExistsAsync(CancellationToken ct = default) =>
        SendAsync(HttpMethod.Put, "create", FaultCode.Conflict, ct);

    public Task DeleteIfExistsAsync(CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, "delete", FaultCode.NotFound, ct);

    public async Task<bool> ExistsAsync(CancellationToken ct = default) =>
        (await SendAsync(HttpMethod.Head, "look at", FaultCode.NotFound, ct)).Status == HttpStatusCode.OK;

    /// <summary>The blobs whose name begins so, in the order of their names, asked for page by page.</summary>
    /// <param name="pageSize">1 to 5000.</param>
    public async IAsyncEnumerable<BlobItem> GetBlobsAsync(
        string prefix = "",
        int pageSize = 5000,
        [EnumeratorCancellation] CancellationToken ct = default
    )
    {
        var marker = "";
        do
        {
            (string Name, string Value)[] query =
            [
                ("comp", "list"),
                ("marker", marker),
                ("maxresults", pageSize.ToString()),
                ("prefix", prefix),
                ("restype", "container"),
            ];
            var request = new StorageRequest(HttpMethod.Get, container, $"list container {Name}")
            {
                Query = [.. query.Where(parameter => parameter.Value.Length > 0)],
            };
            var page = BlobXml.ReadPage((await transport.SendAsync(access, request, ct)).Body);
            foreach (var blob in page.Blobs)
                yield return blob;
            marker = page.NextMarker;
        } while (marker.Length > 0);
    }

    private Task<StorageAnswer> SendAsync(HttpMethod method, string verb, FaultCode expected, CancellationToken ct)
    {
        var request = new StorageRequest(method, container, $"{verb} container {Name}")
        {
            Query = [("restype", "container")],
            Expected = expected,
        };
        return transport.SendAsync(access, request, ct);
    }
}
