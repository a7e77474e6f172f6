namespace Pipeline.Services.Tests.Runtime.Storage;

/// <summary>A source of unknown length that gives its bytes in odd pieces, and at the end may break off.</summary>
internal sealed class TrickleStream(ReadOnlyMemory<byte> content, bool breaksOff = false) : Stream
{
    private const int Piece = 65_521;
    private int position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = Math.Min(Math.Min(Piece, buffer.Length), content.Length - position);
        if (read == 0 && breaksOff)
            throw new IOException("The sender is gone.");
        content.Slice(position, read).CopyTo(buffer);
        position += read;
        return ValueTask.FromResult(read);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
