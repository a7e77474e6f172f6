namespace Pipeline.Durable.Hub;

/// <summary>
/// Lets one at a time of those begin that may have killed a process: whoever dies with it is not held guilty for it. Who has
/// lived for a while holds up nobody.
/// </summary>
/// <param name="wake">Tells one who was turned away that it may try again.</param>
internal sealed class Suspects<TKey>(TimeProvider time, Action<TKey> wake)
    where TKey : notnull
{
    private static readonly TimeSpan Lived = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private readonly Queue<TKey> waiting = new();
    private object? inside;

    /// <returns>Ends the turn; null when it is another's, and this one is told when that has ended.</returns>
    public IDisposable? TryEnter(TKey key)
    {
        lock (gate)
        {
            if (inside is null)
            {
                var turn = new Turn(this, time);
                inside = turn;
                return turn;
            }
            if (!waiting.Contains(key))
                waiting.Enqueue(key);
            return null;
        }
    }

    private void Leave(Turn turn)
    {
        TKey? next;
        lock (gate)
        {
            if (inside != turn)
                return;
            inside = null;
            if (!waiting.TryDequeue(out next))
                return;
        }
        wake(next);
    }

    private sealed class Turn : IDisposable
    {
        private readonly Suspects<TKey> suspects;
        private readonly ITimer timer;

        public Turn(Suspects<TKey> suspects, TimeProvider time)
        {
            this.suspects = suspects;
            timer = time.CreateTimer(_ => suspects.Leave(this), null, Lived, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            timer.Dispose();
            suspects.Leave(this);
        }
    }
}
