using System.Net.Sockets;

namespace Pipeline.Agent.Metadata;

/// <summary>One connection: one request of at most 8 KiB, one answer, five seconds for all of it.</summary>
internal static class MetadataConnection
{
    private const int HeadLimit = 8 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static async Task AnswerAsync(Socket socket, Func<string, byte[]?> find, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        var buffer = new byte[HeadLimit];
        if (await ReceiveAsync(socket, buffer, limit.Token) is not { } length)
            return;
        var received = buffer.AsMemory(0, length);
        var answer = HttpHead.IsComplete(received.Span)
            ? HttpAnswer.Of(HttpHead.Parse(received.Span), find)
            : HttpAnswer.TooLarge;
        for (var sent = 0; sent < answer.Length; )
            sent += await socket.SendAsync(answer.AsMemory(sent), limit.Token);
        socket.Shutdown(SocketShutdown.Send);
        // Closing with unread bytes resets the connection, and the answer with it: wait for the guest to hang up.
        while (await socket.ReceiveAsync(buffer, limit.Token) > 0) { }
    }

    /// <returns>How much came in until the headers were whole or the buffer full; null when the guest hung up before.</returns>
    private static async Task<int?> ReceiveAsync(Socket socket, byte[] buffer, CancellationToken ct)
    {
        var length = 0;
        while (length < buffer.Length && !HttpHead.IsComplete(buffer.AsSpan(0, length)))
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            if (count == 0)
                return null;
            length += count;
        }
        return length;
    }
}
