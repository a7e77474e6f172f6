using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>
/// One upload of a stream of unknown length: what fits one block is put as a blob at once, the rest in blocks that a
/// last call makes a blob. Dying anywhere before that call leaves no blob; the service drops the loose blocks in a week.
/// </summary>
internal sealed class BlobUpload(
    Uri blob,
    string name,
    bool overwrite,
    StorageAccess access,
    StorageTransport transport
)
{
    private const int BlockSize = 4 * 1024 * 1024;
    private const int MaxBlocks = 50_000;

    // Part of every block's id, so that two uploads to one name never mix, and the mark by which the blob is known as ours.
    private readonly Guid id = transport.NewGuid();

    public async Task<BlobProperties> RunAsync(Stream content, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var read = await FillAsync(content, buffer, md5, ct);
        var properties =
            read < BlockSize
                ? await PutBlobAsync(buffer.AsMemory(0, read), md5.GetHashAndReset(), ct)
                : await PutBlocksAsync(content, buffer, md5, ct);
        // Only after success: a broken-off send could still be reading it.
        ArrayPool<byte>.Shared.Return(buffer);
        return properties;
    }

    private async Task<BlobProperties> PutBlocksAsync(
        Stream content,
        byte[] buffer,
        IncrementalHash md5,
        CancellationToken ct
    )
    {
        var blocks = new List<string>();
        long length = 0;
        for (var read = BlockSize; read > 0; read = await FillAsync(content, buffer, md5, ct))
        {
            if (blocks.Count == MaxBlocks)
                throw new Fault(FaultCode.TooLarge, $"blob {name}: longer than {(long)MaxBlocks * BlockSize} bytes.");
            blocks.Add(await PutBlockAsync(blocks.Count, buffer.AsMemory(0, read), ct));
            length += read;
        }
        return await PutBlockListAsync(blocks, length, md5.GetHashAndReset(), ct);
    }

    private static async Task<int> FillAsync(Stream content, byte[] buffer, IncrementalHash md5, CancellationToken ct)
    {
        var block = buffer.AsMemory(0, BlockSize);
        var read = await content.ReadAtLeastAsync(block, BlockSize, throwOnEndOfStream: false, ct);
        md5.AppendData(buffer, 0, read);
        return read;
    }

    private Task<BlobProperties> PutBlobAsync(ReadOnlyMemory<byte> body, byte[] md5, CancellationToken ct)
    {
        var request = new StorageRequest(HttpMethod.Put, blob, $"upload blob {name}")
        {
            Headers = [.. Marks(md5), ("x-ms-blob-type", "BlockBlob")],
            Body = body,
            Timeout = transport.Options.UploadTimeout,
        };
        return CommitAsync(request, body.Length, md5, ct);
    }

    private async Task<string> PutBlockAsync(int index, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var blockId = BlockId(index);
        var request = new StorageRequest(HttpMethod.Put, blob, $"upload blob {name}")
        {
            Query = [("blockid", blockId), ("comp", "block")],
            Body = body,
            Timeout = transport.Options.UploadTimeout,
        };
        await transport.SendAsync(access, request, ct);
        return blockId;
    }

    private Task<BlobProperties> PutBlockListAsync(List<string> blocks, long length, byte[] md5, CancellationToken ct)
    {
        var request = new StorageRequest(HttpMethod.Put, blob, $"commit blob {name}")
        {
            Query = [("comp", "blocklist")],
            Headers = Marks(md5),
            Body = BlobXml.WriteBlockList(blocks),
            ContentType = "application/xml",
        };
        return CommitAsync(request, length, md5, ct);
    }

    private async Task<BlobProperties> CommitAsync(
        StorageRequest request,
        long length,
        byte[] md5,
        CancellationToken ct
    )
    {
        if (overwrite)
            return await SendAsync(request);
        try
        {
            return await SendAsync(request with { IfNoneMatch = "*" });
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            if (await OursAsync(ct) is { } ours)
                return ours;
            throw;
        }

        async Task<BlobProperties> SendAsync(StorageRequest commit)
        {
            var answer = await transport.SendAsync(access, commit, ct);
            return BlobHeaders.Read(answer.Header, length) with { ContentHash = md5 };
        }
    }

    /// <summary>The blob that is in our way, if it is our own: the first attempt had succeeded and only its answer was lost.</summary>
    private async Task<BlobProperties?> OursAsync(CancellationToken ct)
    {
        var request = new StorageRequest(HttpMethod.Head, blob, $"look at blob {name}")
        {
            Expected = FaultCode.NotFound,
        };
        var answer = await transport.SendAsync(access, request, ct);
        return answer.Status == HttpStatusCode.OK && answer.Header("x-ms-meta-upload") == id.ToString("N")
            ? BlobHeaders.Read(answer.Header, long.Parse(answer.Header("Content-Length") ?? "0"))
            : null;
    }

    private (string, string)[] Marks(byte[] md5) =>
        [("x-ms-blob-content-md5", Convert.ToBase64String(md5)), ("x-ms-meta-upload", id.ToString("N"))];

    private string BlockId(int index)
    {
        Span<byte> bytes = stackalloc byte[20];
        id.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[16..], index);
        return Convert.ToBase64String(bytes);
    }
}
