using Microsoft.Extensions.Logging;

namespace Pipeline.Agent;

/// <summary>
/// Work by resource: one at a time and in order within a lane, lanes beside each other. Work that throws is logged and
/// does not hold up what comes behind it.
/// </summary>
internal sealed class Lanes(ILogger logger)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task> tails = [];

    public void Add(string lane, Func<Task> work)
    {
        lock (gate)
        {
            var before = tails.TryGetValue(lane, out var tail) ? tail : Task.CompletedTask;
            var mine = AfterAsync(before, lane, work);
            if (mine.IsCompleted)
                tails.Remove(lane);
            else
                tails[lane] = mine;
            _ = ForgetAsync(lane, mine);
        }
    }

    /// <summary>Completes when nothing is under way any more.</summary>
    public async Task IdleAsync()
    {
        while (true)
        {
            Task[] open;
            lock (gate)
                open = [.. tails.Values];
            if (open.Length == 0)
                return;
            await Task.WhenAll(open);
            lock (gate)
                foreach (var ended in tails.Where(t => t.Value.IsCompleted).Select(t => t.Key).ToList())
                    tails.Remove(ended);
        }
    }

    private async Task AfterAsync(Task before, string lane, Func<Task> work)
    {
        await before;
        await Task.Yield();
        try
        {
            await work();
        }
        catch (Exception e)
        {
            logger.LogError(e, "work on {Lane} broke", lane);
        }
    }

    private async Task ForgetAsync(string lane, Task mine)
    {
        await mine;
        lock (gate)
            if (tails.TryGetValue(lane, out var tail) && tail == mine)
                tails.Remove(lane);
    }
}
