using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pipeline.Benchmarks.Load;

/// <summary>One kept-alive HTTP/1.1 connection that reads answers only as far as it must: status and length.</summary>
internal sealed class WireConnection(int port) : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[64 * 1024];

    /// <summary>Sends the request and reads its answer to the end.</summary>
    /// <exception cref="IOException">The answer has another status than the expected one.</exception>
    public async Task SendAsync(WireRequest request, CancellationToken ct)
    {
        if (!socket.Connected)
            await socket.ConnectAsync(IPAddress.Loopback, port, ct);
        await socket.SendAsync(request.Bytes, ct);
        var (filled, head) = await ReadHeadAsync(ct);
        var status = int.Parse(Encoding.ASCII.GetString(buffer, 9, 3));
        var headers = Encoding.ASCII.GetString(buffer, 0, head);
        await ReadBodyAsync(headers, filled, head, ct);
        if (status != request.Expected)
            throw new IOException($"{status} instead of {request.Expected}: {Encoding.UTF8.GetString(buffer, 0, 500)}");
    }

    public void Dispose() => socket.Dispose();

    private async Task<(int Filled, int Head)> ReadHeadAsync(CancellationToken ct)
    {
        var filled = 0;
        while (true)
        {
            filled += await ReadAsync(filled, ct);
            var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
                return (filled, end + 4);
        }
    }

    private async Task ReadBodyAsync(string headers, int filled, int head, CancellationToken ct)
    {
        if (headers.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            while (!buffer.AsSpan(head, filled - head).EndsWith("0\r\n\r\n"u8))
                filled += await ReadAsync(filled, ct);
            return;
        }
        var total = head + LengthOf(headers);
        while (filled < total)
            filled += await ReadAsync(filled, ct);
    }

    private async Task<int> ReadAsync(int at, CancellationToken ct)
    {
        if (at == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        var read = await socket.ReceiveAsync(buffer.AsMemory(at), ct);
        return read > 0 ? read : throw new IOException("The server closed the connection.");
    }

    private static int LengthOf(string headers)
    {
        const string Name = "Content-Length:";
        var at = headers.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return 0;
        var end = headers.IndexOf('\r', at);
        return int.Parse(headers.AsSpan(at + Name.Length, end - at - Name.Length).Trim());
    }
}
