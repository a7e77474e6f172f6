namespace Pipeline.Services.Tests.Runtime;

/// <summary>
/// One synchronisation context on one thread: everything that is set off runs before the test goes on. Work that strays to
/// another thread shows as a world that is stuck.
/// </summary>
internal sealed class Turns : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> posted = new();

    public static void Run(Func<Task> test)
    {
        var before = Current;
        var turns = new Turns();
        SetSynchronizationContext(turns);
        try
        {
            var running = test();
            turns.Settle();
            Assert.True(running.IsCompleted, "the world is stuck: the test waits for something that nothing will do");
            running.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs what the caller has set off, until all of it waits.</summary>
    public static void SettleCurrent() => (Current as Turns)?.Settle();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (posted)
            posted.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    private void Settle()
    {
        while (true)
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (posted)
                if (!posted.TryDequeue(out next))
                    return;
            next.Callback(next.State);
        }
    }
}
