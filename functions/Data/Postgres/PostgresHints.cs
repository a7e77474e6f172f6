using System.Threading.Channels;
using Npgsql;

namespace Pipeline.Data.Postgres;

/// <summary>
/// NOTIFY and LISTEN. Hints that wait are sent together, outside any transaction (a transaction that notifies holds a lock of
/// the whole server while it commits); one session listens, and is replaced when it is lost.
/// </summary>
internal sealed class PostgresHints(NpgsqlDataSource sessions, TimeProvider time) : IDisposable
{
    /// <summary>The server takes less than 8,000 bytes at once.</summary>
    private const int Longest = 7_500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<string> waiting = Channel.CreateBounded<string>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private readonly Lock gate = new();
    private Action<string>? listeners;
    private Task sending = Task.CompletedTask;
    private Task listening = Task.CompletedTask;
    private bool started;

    public event Action<string> Notified
    {
        add
        {
            lock (gate)
            {
                listeners += value;
                Start();
            }
        }
        remove
        {
            lock (gate)
                listeners -= value;
        }
    }

    public void Notify(string hint)
    {
        waiting.Writer.TryWrite(hint);
        lock (gate)
            Start();
    }

    public void Dispose()
    {
        stopping.Cancel();
        Task.WaitAll(sending, listening);
        stopping.Dispose();
    }

    private void Start()
    {
        if (started || stopping.IsCancellationRequested)
            return;
        started = true;
        sending = KeepAsync(SendAsync);
        listening = KeepAsync(ListenAsync);
    }

    /// <summary>A session that fails is replaced, for as long as the store is open.</summary>
    private async Task KeepAsync(Func<CancellationToken, Task> work)
    {
        while (!stopping.IsCancellationRequested)
            try
            {
                await work(stopping.Token);
            }
            catch (Exception)
            {
                await PauseAsync(); // whatever it was: without hints every functions host would fall back to its slow poll
            }
    }

    private async Task SendAsync(CancellationToken ct)
    {
        while (await waiting.Reader.WaitToReadAsync(ct))
        {
            var lines = new List<string>();
            for (var length = 0; length < Longest / 2 && waiting.Reader.TryRead(out var hint); length += hint.Length)
                if (hint.Length < Longest / 2)
                    lines.Add(hint);
            await using var command = sessions.CreateCommand("SELECT pg_notify('pipeline', $1)");
            command.Parameters.Add(new() { Value = string.Join('\n', lines.Distinct()) });
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var session = await sessions.OpenConnectionAsync(ct);
        session.Notification += (_, heard) => Array.ForEach(heard.Payload.Split('\n'), Tell);
        await using (var listen = new NpgsqlCommand("LISTEN pipeline", session))
            await listen.ExecuteNonQueryAsync(ct);
        Tell("");
        // A session that died silently shows it when it is spoken to.
        await using var ping = new NpgsqlCommand("SELECT 1", session);
        while (!ct.IsCancellationRequested)
            if (!await session.WaitAsync(Silence, ct))
                await ping.ExecuteNonQueryAsync(ct);
    }

    private void Tell(string hint)
    {
        Action<string>? told;
        lock (gate)
            told = listeners;
        told?.Invoke(hint);
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(Pause, time, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Closed meanwhile.
        }
    }
}
