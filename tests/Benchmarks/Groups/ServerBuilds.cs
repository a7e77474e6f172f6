using Pipeline.Benchmarks.Clouds;

namespace Pipeline.Benchmarks.Groups;

/// <summary>
/// Servers on hosts whose drivers do nothing: what is left is the overhead. A build lasts from before its POST is sent to
/// its end in the cloud's record.
/// </summary>
internal static class ServerBuilds
{
    private const int WarmUps = 30;
    private const int Singles = 100;
    private const int Counted = 10; // few: the log must not begin anew meanwhile
    private const int Burst = 100;
    private const int Bursts = 5;

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench, string name)
    {
        var place = await Workplace.MakeAsync(bench);
        await BuildSinglyAsync(bench, place, WarmUps);
        await BuildAtOnceAsync(bench, place);
        await place.ClearAsync();

        var (cpu, began) = (Cpu.Of(bench.Cloud.Processes), bench.Time.GetTimestamp());
        var singles = await BuildSinglyAsync(bench, place, Singles);
        cpu = (Cpu.Of(bench.Cloud.Processes) - cpu) / Singles;
        var perSecond = Singles / bench.Time.GetElapsedTime(began).TotalSeconds;
        foreach (var figure in FiguresOf($"{name}.1", singles, perSecond, cpu))
            yield return figure;
        var commits = await WalCommits.CountAsync(bench.Cloud.Database, () => BuildSinglyAsync(bench, place, Counted));
        yield return new($"{name}.1.commits", commits / Counted, "");
        await place.ClearAsync();

        var bursts = new List<BurstOfBuilds>();
        for (var i = 0; i < Bursts; i++)
        {
            bursts.Add(await BuildAtOnceAsync(bench, place));
            if (i == Bursts - 1)
                yield return new($"{name}.{Burst}.memory", Cpu.MemoryOf(bench.Cloud.Processes), "MB");
            await place.ClearAsync();
        }
        var all = bursts.SelectMany(burst => burst.Milliseconds).ToList();
        var speed = bursts.ConvertAll(burst => burst.PerSecond).Median();
        foreach (
            var figure in FiguresOf($"{name}.{Burst}", all, speed, bursts.ConvertAll(b => b.CpuMilliseconds).Median())
        )
            yield return figure;
    }

    private static Figure[] FiguresOf(string name, List<double> milliseconds, double perSecond, double cpu) =>
        [
            new($"{name}.p50", milliseconds.Median(), "ms"),
            new($"{name}.p99", milliseconds.Percentile(99), "ms"),
            new($"{name}.per_second", perSecond, "1/s"),
            new($"{name}.cpu_ms", cpu, "ms"),
        ];

    private static async Task<List<double>> BuildSinglyAsync(Bench bench, Workplace place, int count)
    {
        var orders = new List<(string Server, DateTimeOffset At)>();
        for (var i = 0; i < count; i++)
        {
            var at = bench.Time.GetUtcNow();
            var server = await place.OrderAsync($"single-{i}");
            orders.Add((server, at));
            await place.BuiltAsync(server);
        }
        var taken = new List<double>();
        foreach (var (server, at) in orders)
            taken.Add((await place.EndOfBuildAsync(server) - at).TotalMilliseconds);
        return taken;
    }

    private static async Task<BurstOfBuilds> BuildAtOnceAsync(Bench bench, Workplace place)
    {
        var cpu = Cpu.Of(bench.Cloud.Processes);
        var began = bench.Time.GetUtcNow();
        var servers = await Task.WhenAll(Enumerable.Range(0, Burst).Select(i => place.OrderAsync($"one-of-many-{i}")));
        await place.AllBuiltAsync();
        cpu = (Cpu.Of(bench.Cloud.Processes) - cpu) / Burst;
        var ends = new List<DateTimeOffset>();
        foreach (var server in servers)
            ends.Add(await place.EndOfBuildAsync(server));
        return new(
            ends.ConvertAll(end => (end - began).TotalMilliseconds),
            Burst / (ends.Max() - began).TotalSeconds,
            cpu
        );
    }

    /// <param name="Milliseconds">Of each build, from the moment when all were ordered.</param>
    private sealed record BurstOfBuilds(List<double> Milliseconds, double PerSecond, double CpuMilliseconds);
}
