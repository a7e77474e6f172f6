using System.Net.Sockets;

namespace Pipeline.Agent.Metadata;

/// <summary>One connection: one request of at most 8 KiB, one answer, five seconds for all of it.</summary>
internal static class MetadataConnection
{
    private const int Most = 8 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <param name="answer">Takes the head, null for what is not HTTP, and the body; no more of it than could be of use.</param>
    public static async Task AnswerAsync(
        Socket socket,
        Func<HttpHead?, ReadOnlyMemory<byte>, Task<byte[]>> answer,
        TimeProvider time
    )
    {
        using var limit = new CancellationTokenSource(Limit, time);
        var buffer = new byte[Most];
        var length = await ReceiveAsync(socket, buffer, 0, received => HttpHead.Length(received) >= 0, limit.Token);
        if (length < 0)
            return;
        var bytes = HttpAnswer.TooLarge;
        if (HttpHead.Length(buffer.AsSpan(0, length)) is > 0 and var begin)
        {
            var head = HttpHead.Parse(buffer.AsSpan(0, begin));
            var whole = begin + (int)Math.Min(head?.BodyLength ?? 0, GuestPasswords.Limit + 1);
            if (whole > Most)
                whole = begin;
            length = await ReceiveAsync(socket, buffer, length, received => received.Length >= whole, limit.Token);
            if (length < 0)
                return;
            bytes = await answer(head, buffer.AsMemory(begin, whole - begin));
        }
        for (var sent = 0; sent < bytes.Length; )
            sent += await socket.SendAsync(bytes.AsMemory(sent), limit.Token);
        socket.Shutdown(SocketShutdown.Send);
        // Closing with unread bytes resets the connection, and the answer with it: wait for the guest to hang up.
        while (await socket.ReceiveAsync(buffer, limit.Token) > 0) { }
    }

    private delegate bool Enough(ReadOnlySpan<byte> received);

    /// <returns>How much has come in when it is enough or the buffer is full; -1 when the guest hung up before.</returns>
    private static async Task<int> ReceiveAsync(
        Socket socket,
        byte[] buffer,
        int length,
        Enough enough,
        CancellationToken ct
    )
    {
        while (length < buffer.Length && !enough(buffer.AsSpan(0, length)))
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            if (count == 0)
                return -1;
            length += count;
        }
        return length;
    }
}
