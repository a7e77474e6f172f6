using System.Security.Cryptography;
using Pipeline.Image.Inspection;

namespace Pipeline.Image.Files;

/// <summary>
/// A request's body on its way to the blob: counted, hashed and looked at as it passes. The reader sees its end only when
/// the whole of it is good; anything else is a fault instead of the last read.
/// </summary>
/// <param name="declared">The body's length as the client gave it; null when it comes in chunks.</param>
internal sealed class UploadStream(
    Stream body,
    string format,
    long? declared,
    ImageLimits limits,
    TimeProvider time,
    Func<Task> beat
) : Stream
{
    private readonly ImageInspector inspector = new(format);
    private readonly IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly IncrementalHash sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    private long lastBeat = time.GetTimestamp();

    /// <summary>Null until the end was read.</summary>
    public FileFacts? Facts { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="Fault">BadRequest, TooLarge; whatever the body and the heartbeat throw.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        if (read == 0)
            Finish();
        else
            Add(buffer.Span[..read]);
        if (time.GetElapsedTime(lastBeat) >= Uploads.Beat)
        {
            lastBeat = time.GetTimestamp();
            await beat();
        }
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read it async");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public static Fault TooLarge(ImageLimits limits) =>
        new(FaultCode.TooLarge, $"The incoming image is too large: the limit is {limits.MaxBytes} bytes.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            md5.Dispose();
            sha512.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Add(ReadOnlySpan<byte> piece)
    {
        if (inspector.Size + piece.Length > limits.MaxBytes)
            throw TooLarge(limits);
        inspector.Add(piece);
        md5.AppendData(piece);
        sha512.AppendData(piece);
    }

    private void Finish()
    {
        if (Facts is not null)
            return;
        if (declared is { } length && length != inspector.Size)
            throw Fault.BadRequest($"The upload was cut off: {inspector.Size} of {length} bytes came.");
        var virtualSize = inspector.Finish();
        Facts = new(
            inspector.Size,
            virtualSize,
            Convert.ToHexStringLower(md5.GetHashAndReset()),
            Convert.ToHexStringLower(sha512.GetHashAndReset())
        );
    }
}
