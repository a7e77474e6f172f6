using System.Security.Cryptography;

namespace Pipeline.Runtime.Agents;

/// <summary>A body whose digest was signed. Its reader sees the end only when it held what was signed.</summary>
internal sealed class DigestStream(Stream body, string digest) : Stream
{
    /// <summary>Of a SHA-512 in hex.</summary>
    public const int Digits = 128;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    private bool whole;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="Fault">BadRequest at the end of a body that is another one.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        if (read > 0)
            hash.AppendData(buffer.Span[..read]);
        else if (!buffer.IsEmpty && !whole)
            whole =
                Convert.ToHexStringLower(hash.GetHashAndReset()) == digest
                    ? true
                    : throw Fault.BadRequest("The body is not the one whose digest was signed.");
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read it async");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            hash.Dispose();
        base.Dispose(disposing);
    }
}
