namespace Pipeline.Runtime.Http;

/// <summary>An upload as slow as its sender likes, but never silent for longer than <paramref name="patience"/>.</summary>
internal sealed class StallGuard : Stream
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Stream inner;
    private readonly TimeSpan patience;
    private readonly CancellationTokenSource silence = new();
    private readonly ITimer timer;

    public StallGuard(Stream inner, TimeProvider time, TimeSpan patience)
    {
        this.inner = inner;
        this.patience = patience;
        timer = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(),
            silence,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
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

    /// <exception cref="Fault">BadRequest when the sender was silent for too long.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        timer.Change(patience, Timeout.InfiniteTimeSpan);
        await using var link = cancellationToken.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(),
            silence
        );
        try
        {
            return await inner.ReadAsync(buffer, silence.Token);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Fault.BadRequest($"The upload stalled: nothing came for {patience.TotalSeconds:0} seconds.");
        }
        finally
        {
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
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
        {
            timer.Dispose();
            silence.Dispose();
        }
        base.Dispose(disposing);
    }
}
