using System.Net;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>
/// A blob's bytes, read as they come. A broken connection is opened again where it broke, on condition that the blob
/// is still the same (else `Conflict`); reads that bring nothing are tried as often as a call is.
/// </summary>
internal sealed class BlobDownload : Stream
{
    private readonly Uri blob;
    private readonly string what;
    private readonly StorageAccess access;
    private readonly StorageTransport transport;
    private long offset;
    private long left;
    private string? etag;
    private HttpResponseMessage? answer;
    private Stream body = Null;
    private int failures;

    private BlobDownload(Uri blob, string name, long offset, StorageAccess access, StorageTransport transport)
    {
        this.blob = blob;
        this.offset = offset;
        this.access = access;
        this.transport = transport;
        what = $"download blob {name}";
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static async Task<Stream> OpenAsync(
        Uri blob,
        string name,
        long offset,
        long? count,
        StorageAccess access,
        StorageTransport transport,
        CancellationToken ct
    )
    {
        var download = new BlobDownload(blob, name, offset, access, transport);
        try
        {
            await download.ConnectAsync(BlobRange.Header(offset, count), ct);
            return download;
        }
        catch (Fault fault) when (fault.Type == "InvalidRange")
        {
            return Null; // begins at or beyond the end: nothing to read
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (left > 0)
            try
            {
                return await ReadOnceAsync(buffer, cancellationToken);
            }
            catch (Fault fault) when (fault.Code == FaultCode.Unavailable && ++failures < transport.Options.Attempts)
            {
                await ConnectAsync(BlobRange.Header(offset, left), cancellationToken);
            }
        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A download is read asynchronously.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            answer?.Dispose();
        base.Dispose(disposing);
    }

    private async Task ConnectAsync(string? range, CancellationToken ct)
    {
        answer?.Dispose();
        var request = new StorageRequest(HttpMethod.Get, blob, what)
        {
            Headers = range is null ? [] : [("x-ms-range", range)],
            IfMatch = etag,
        };
        answer = await transport.OpenAsync(access, request, ct);
        etag = StorageAnswer.HeaderOf(answer, "ETag");
        left = answer.Content.Headers.ContentLength ?? throw new Fault(FaultCode.Unavailable, $"{what}: no length.");
        body = await answer.Content.ReadAsStreamAsync(ct);
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken ct)
    {
        var bound = transport.Options.Timeout;
        using var deadline = new Deadline(bound, transport.Time, ct);
        try
        {
            var read = await body.ReadAsync(buffer, deadline.Token);
            if (read == 0 && buffer.Length > 0)
                throw new EndOfStreamException($"{left} bytes are missing.");
            (offset, left, failures) = (offset + read, left - read, 0);
            return read;
        }
        catch (Exception cause) when (cause is IOException or HttpRequestException)
        {
            throw StorageFault.Unreachable(what, cause);
        }
        catch (OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            throw StorageFault.TimedOut(what, bound);
        }
    }
}
