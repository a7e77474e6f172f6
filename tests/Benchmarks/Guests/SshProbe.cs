using System.Net;
using System.Net.Sockets;

namespace Pipeline.Benchmarks.Guests;

/// <summary>
/// Waits for the first words of an SSH server. Attempts are begun one after the other without waiting for the ones before,
/// since the network's own repetitions (1 s, 2 s, 4 s) would hide when the guest was there.
/// </summary>
internal sealed class SshProbe(Func<Socket?> open, IPEndPoint server, TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <exception cref="TimeoutException">Nobody answered.</exception>
    public async Task WaitAsync(CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var began = time.GetTimestamp();
        var attempts = new List<Task<bool>>();
        while (!attempts.Exists(attempt => attempt is { IsCompletedSuccessfully: true, Result: true }))
        {
            if (time.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"no SSH server at {server} within {Patience.TotalSeconds} s");
            attempts.RemoveAll(attempt => attempt.IsCompleted);
            attempts.Add(TryAsync(ended.Token));
            await Task.WhenAny([.. attempts.Where(attempt => !attempt.IsCompleted), Task.Delay(Between, time, ct)]);
        }
        await ended.CancelAsync();
        await Task.WhenAll(attempts);
    }

    private async Task<bool> TryAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Attempt, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var socket = open();
            if (socket is null)
                return false;
            await socket.ConnectAsync(server, either.Token);
            var words = new byte[4];
            return await socket.ReceiveAsync(words, either.Token) == 4 && words.AsSpan().SequenceEqual("SSH-"u8);
        }
        catch (Exception cause) when (cause is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
