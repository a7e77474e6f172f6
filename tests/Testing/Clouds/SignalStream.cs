using System.Text.Json;
using System.Threading.Channels;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Testing.Clouds;

/// <summary>The body of the agents' connection: each whole line that is written is a signal.</summary>
internal sealed class SignalStream(ChannelWriter<HostSignal> signals) : Stream
{
    private readonly List<byte> line = [];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        foreach (var b in buffer)
            if (b != (byte)'\n')
                line.Add(b);
            else
            {
                signals.TryWrite(JsonSerializer.Deserialize([.. line], ContractsJson.Default.HostSignal)!);
                line.Clear();
            }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }
}
