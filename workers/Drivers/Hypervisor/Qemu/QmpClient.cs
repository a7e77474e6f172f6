using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>One conversation with a QEMU (QEMU Machine Protocol, JSON by lines). QEMU speaks with one client at a time.</summary>
internal sealed class QmpClient : IAsyncDisposable
{
    private const int LongestLine = 4 * 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;
    private readonly TimeProvider _time;
    private readonly Queue<string> _events = new();
    private int _asked;

    private QmpClient(Socket socket, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = PipeReader.Create(_stream);
    }

    /// <summary>Connects, as soon as QEMU listens, and agrees on the protocol's plain form.</summary>
    /// <param name="isThere">Whether a QEMU is there at all that may come to listen.</param>
    /// <exception cref="Fault">Timeout when QEMU does not answer within 10 s; DriverFailed when it is gone.</exception>
    public static async Task<QmpClient> ConnectAsync(
        string path,
        Func<bool> isThere,
        TimeProvider time,
        CancellationToken ct
    )
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var client = new QmpClient(await OpenAsync(path, isThere, time, ended.Token), time);
            await client.GreetAsync(ended.Token);
            return client;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Silent("its greeting");
        }
    }

    /// <summary>Runs a command and returns its answer.</summary>
    /// <exception cref="Fault">DriverFailed with QEMU's own words; Timeout after 10 s.</exception>
    public Task<JsonElement> ExecuteAsync(string command, CancellationToken ct) => ExecuteAsync(command, null, ct);

    /// <inheritdoc cref="ExecuteAsync(string, CancellationToken)"/>
    public async Task<JsonElement> ExecuteAsync(string command, JsonObject? arguments, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Limit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await AskAsync(command, arguments, ended.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Silent(command);
        }
    }

    /// <summary>Waits for an event; the end of the conversation ends the wait as well.</summary>
    /// <returns>False when <paramref name="limit"/> passed without it.</returns>
    public async Task<bool> SawAsync(string name, TimeSpan limit, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(limit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            while (true)
                if (_events.TryDequeue(out var known))
                {
                    if (known == name)
                        return true;
                }
                else if (await ReadAsync(ended.Token) is { } line)
                    Remember(line);
                else
                    return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private static async Task<Socket> OpenAsync(
        string path,
        Func<bool> isThere,
        TimeProvider time,
        CancellationToken ct
    )
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                if (!isThere())
                    throw Ended();
                await Task.Delay(Glance, time, ct);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private async Task GreetAsync(CancellationToken ct)
    {
        try
        {
            if (await ReadAsync(ct) is null)
                throw Ended();
            await AskAsync("qmp_capabilities", null, ct);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task<JsonElement> AskAsync(string command, JsonObject? arguments, CancellationToken ct)
    {
        var id = ++_asked;
        var order = new JsonObject { ["execute"] = command, ["id"] = id };
        if (arguments is not null)
            order["arguments"] = arguments.DeepClone();
        await SayAsync($"{order.ToJsonString()}\n", ct);
        while (await ReadAsync(ct) is { } line)
            if (!line.TryGetProperty("id", out var answered) || answered.GetInt32() != id)
                Remember(line);
            else if (line.TryGetProperty("error", out var error))
                throw new Fault(
                    FaultCode.DriverFailed,
                    $"QEMU refused {command}: {error.GetProperty("desc").GetString()}"
                );
            else
                return line.GetProperty("return");
        throw Ended();
    }

    private async Task SayAsync(string line, CancellationToken ct)
    {
        try
        {
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(line), ct);
        }
        catch (IOException)
        {
            throw Ended();
        }
    }

    private void Remember(JsonElement line)
    {
        if (!line.TryGetProperty("event", out var name))
            return;
        _events.Enqueue(name.GetString()!);
        if (_events.Count > 64)
            _events.Dequeue();
    }

    /// <returns>Null at the end of the conversation.</returns>
    private async Task<JsonElement?> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            if (await ReadSomeAsync(ct) is not { } read)
                return null;
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                using var line = JsonDocument.Parse(buffer.Slice(0, end));
                var element = line.RootElement.Clone();
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                return element;
            }
            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                return null;
            if (buffer.Length > LongestLine)
                throw new Fault(FaultCode.DriverFailed, "QEMU sent a line without end");
        }
    }

    // A process that is killed resets the connection: that, too, is its end.
    private async ValueTask<ReadResult?> ReadSomeAsync(CancellationToken ct)
    {
        try
        {
            return await _reader.ReadAsync(ct);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Fault Ended() => new(FaultCode.DriverFailed, "QEMU ended the conversation");

    private static Fault Silent(string command) =>
        new(FaultCode.Timeout, $"QEMU did not answer {command} within {Limit.TotalSeconds:0} s");
}
