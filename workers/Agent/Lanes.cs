namespace Pipeline.Agent;

/// <summary>Work by resource: one at a time and in order within a lane, lanes beside each other.</summary>
internal sealed class Lanes
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task> tails = [];

    public void Add(string lane, Func<Task> work)
    {
        lock (gate)
        {
            var before = tails.TryGetValue(lane, out var tail) ? tail : Task.CompletedTask;
            var mine = AfterAsync(before, work);
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

    private static async Task AfterAsync(Task before, Func<Task> work)
    {
        await before;
        await Task.Yield();
        await work();
    }

    private async Task ForgetAsync(string lane, Task mine)
    {
        await mine;
        lock (gate)
            if (tails.TryGetValue(lane, out var tail) && tail == mine)
                tails.Remove(lane);
    }
}
