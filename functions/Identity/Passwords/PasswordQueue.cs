namespace Pipeline.Identity.Passwords;

/// <summary>
/// The only place where passwords are hashed. So many at a time, the others wait: each source in its own line, the lines
/// served in turn, so that one address guessing passwords delays everyone else's login by one check. What waits is bounded.
/// </summary>
internal sealed class PasswordQueue(IdentityOptions options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Queue<TaskCompletionSource>> lines = [];
    private readonly Queue<string> turns = new();
    private int running;
    private int waiting;

    /// <exception cref="Fault">RateLimited when too many wait already, of this source or in all.</exception>
    public async Task<T> RunAsync<T>(string source, Func<T> hash, CancellationToken ct)
    {
        await Enter(source);
        try
        {
            ct.ThrowIfCancellationRequested(); // its client went away while it waited
            return hash();
        }
        finally
        {
            Leave();
        }
    }

    private Task Enter(string source)
    {
        lock (gate)
        {
            if (running < options.PasswordChecks)
            {
                running++;
                return Task.CompletedTask;
            }
            if (!lines.TryGetValue(source, out var line))
                line = [];
            if (waiting >= options.PasswordsWaiting.InAll || line.Count >= options.PasswordsWaiting.OfOneSource)
                throw new Fault(FaultCode.RateLimited, "Too many passwords are being checked. Try again later.");
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            line.Enqueue(turn);
            waiting++;
            if (line.Count == 1)
            {
                lines[source] = line;
                turns.Enqueue(source);
            }
            return turn.Task;
        }
    }

    // The one who leaves hands its place to the first of the next line, which then goes to the end of the turns.
    private void Leave()
    {
        lock (gate)
        {
            if (!turns.TryDequeue(out var source))
            {
                running--;
                return;
            }
            var line = lines[source];
            var next = line.Dequeue();
            waiting--;
            if (line.Count > 0)
                turns.Enqueue(source);
            else
                lines.Remove(source);
            next.SetResult();
        }
    }
}
