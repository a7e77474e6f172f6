namespace Pipeline.Durable.Hub;

/// <summary>
/// Lets one at a time of those begin that may have killed a process: whoever dies with it is not held guilty for it. Who has
/// lived for a while holds up nobody.
/// </summary>
internal sealed class Suspects(TimeProvider time)
{
    private static readonly TimeSpan Lived = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private readonly Queue<(string Name, Action Wake)> waiting = new();
    private object? inside;

    /// <param name="wake">Tells one who was turned away that it may try again.</param>
    /// <returns>Ends the turn; null when it is another's.</returns>
    public IDisposable? TryEnter(string name, Action wake)
    {
        lock (gate)
        {
            if (inside is null)
            {
                var turn = new Turn(this, time);
                inside = turn;
                return turn;
            }
            if (waiting.All(w => w.Name != name))
                waiting.Enqueue((name, wake));
            return null;
        }
    }

    private void Leave(Turn turn)
    {
        (string Name, Action Wake) next;
        lock (gate)
        {
            if (inside != turn)
                return;
            inside = null;
            if (!waiting.TryDequeue(out next))
                return;
        }
        next.Wake();
    }

    private sealed class Turn : IDisposable
    {
        private readonly Suspects suspects;
        private readonly ITimer timer;

        public Turn(Suspects suspects, TimeProvider time)
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
