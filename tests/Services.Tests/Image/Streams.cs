namespace Pipeline.Services.Tests.Image;

/// <summary>An upload that waits at its end until the test lets it go on.</summary>
internal sealed class HeldStream(byte[] content) : Piecewise
{
    private readonly TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int at;

    /// <summary>Completes when all of the content was read.</summary>
    public Task Waiting => waiting.Task;

    public void GoOn() => go.TrySetResult();

    public void Break() => go.TrySetException(new IOException("the client went away"));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = Math.Min(buffer.Length, content.Length - at);
        content.AsMemory(at, read).CopyTo(buffer);
        at += read;
        if (read > 0)
            return read;
        waiting.TrySetResult();
        await go.Task.WaitAsync(cancellationToken);
        return 0;
    }
}

/// <summary>What every generated stream has in common.</summary>
internal abstract class Piecewise : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    );

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
