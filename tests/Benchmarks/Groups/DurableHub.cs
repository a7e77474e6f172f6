using System.Diagnostics;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Engine;
using Pipeline.Durable;

namespace Pipeline.Benchmarks.Groups;

/// <summary>The durable engine by itself, on each store, beside an engine that keeps nothing.</summary>
internal static class DurableHub
{
    private const int Rounds = 3;
    private const int InFlight = 64;
    private const int Steps = 200;
    private const int Greetings = 100;
    private const int Sleepers = 1000;
    private const int Waiting = 100_000;
    private const int Purged = 100_000;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    /// <summary>Each on a hub of its own, so that one can be asked for alone.</summary>
    public static IEnumerable<Benchmark> On(HubStore store)
    {
        var name = store == HubStore.SqliteFull ? "sqlite_full" : "postgresql";
        return
        [
            Of($"durable.five_step.{name}", (hub, _) => RateAsync(hub, $"{name}", local: false)),
            Of($"durable.five_step.local.{name}", (hub, _) => RateAsync(hub, $"local.{name}", local: true)),
            Of($"durable.sequential.{name}", (hub, _) => LoneAsync(hub, $"{name}", local: false)),
            Of($"durable.sequential.local.{name}", (hub, _) => LoneAsync(hub, $"local.{name}", local: true)),
            Of("durable.fan_out", (hub, _) => FanAsync(hub, name)),
            Of($"durable.first_step.{name}", (hub, bench) => WakingAsync(hub, name, bench)),
            Of("durable.timers_1000", (hub, bench) => SleepingAsync(hub, name, bench)),
            Of($"durable.waiting_100000.memory.{name}", (hub, bench) => WaitingAsync(hub, name, bench)),
            Of("durable.purge_100000", (hub, bench) => PurgeAsync(hub, name, bench)),
        ];

        Benchmark Of(string figures, Func<Hub, Bench, IAsyncEnumerable<Figure>> measure) =>
            new(figures, CloudKind.None, bench => OnHubAsync(store, bench, measure));
    }

    private static async IAsyncEnumerable<Figure> OnHubAsync(
        HubStore store,
        Bench bench,
        Func<Hub, Bench, IAsyncEnumerable<Figure>> measure
    )
    {
        await using var hub = await Hub.OpenAsync(store, bench.Folder, bench.Time, bench.Stop);
        await foreach (var figure in measure(hub, bench))
            yield return figure;
    }

    /// <summary>Orchestrations of five steps, 64 of them under way.</summary>
    private static async IAsyncEnumerable<Figure> RateAsync(Hub hub, string name, bool local)
    {
        await LoadAsync("warm");
        var rates = new List<double>();
        var cpu = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var before = Environment.CpuUsage.TotalTime;
            rates.Add(await LoadAsync($"{i}"));
            cpu.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds / (rates[^1] * Round.TotalSeconds));
        }
        yield return new($"durable.five_step.{name}", rates.Median(), "1/s");
        yield return new($"durable.five_step.{name}.cpu_ms", cpu.Median(), "ms");

        Task<double> LoadAsync(string round) =>
            hub.LoadAsync(id => hub.StartAsync(new Chain(5, local), id), InFlight, Round, round);
    }

    /// <summary>One orchestration of many steps, and nothing beside it.</summary>
    private static async IAsyncEnumerable<Figure> LoneAsync(Hub hub, string name, bool local)
    {
        await hub.LoadAsync(id => hub.StartAsync(new Chain(5, local), id), InFlight, Round, "warm");
        var rates = new List<double>();
        for (var i = 0; i < Rounds; i++)
            rates.Add(Steps / (await hub.RunAsync(new Chain(Steps, local), $"lone-{i}")).TotalSeconds);
        yield return new($"durable.sequential.{name}", rates.Median(), "steps/s");
    }

    private static async IAsyncEnumerable<Figure> FanAsync(Hub hub, string name)
    {
        var each = new Dictionary<int, double>();
        await hub.RunAsync(new Fan(1000), "warm");
        foreach (var width in new[] { 1000, 5000 })
        {
            var took = new List<double>();
            for (var i = 0; i < Rounds; i++)
                took.Add((await hub.RunAsync(new Fan(width), $"fan-{width}-{i}")).TotalSeconds);
            each[width] = took.Median() / width;
            yield return new($"durable.fan_out_{width}.{name}", took.Median(), "s");
        }
        yield return new($"durable.fan_out.growth.{name}", each[5000] / each[1000], "x");
    }

    /// <summary>How soon work begins that comes after nothing came for a while.</summary>
    private static async IAsyncEnumerable<Figure> WakingAsync(Hub hub, string name, Bench bench)
    {
        await hub.RunAsync(new Greeting(0), "warm");
        var late = new List<double>();
        for (var i = 0; i < Greetings; i++)
        {
            await Task.Delay(Idle, bench.Time, bench.Stop);
            var asked = bench.Time.GetUtcNow();
            await hub.RunAsync(new Greeting(i), $"greeting-{i}");
            late.Add((hub.Moments[i] - asked).TotalMilliseconds);
        }
        yield return new($"durable.first_step.{name}.p50", late.Median(), "ms");
        yield return new($"durable.first_step.{name}.p99", late.Percentile(99), "ms");
    }

    /// <summary>How soon work begins that was planned, and what it costs to wait for it.</summary>
    private static async IAsyncEnumerable<Figure> SleepingAsync(Hub hub, string name, Bench bench)
    {
        var until = bench.Time.GetUtcNow() + TimeSpan.FromSeconds(8);
        await Task.WhenAll(
            Enumerable.Range(0, Sleepers).Select(i => hub.StartAsync(new Sleep(i, until), $"sleep-{i}"))
        );
        await Task.Delay(TimeSpan.FromSeconds(2), bench.Time, bench.Stop);
        var (cpu, from) = (Environment.CpuUsage.TotalTime, bench.Time.GetTimestamp());
        await Task.Delay(until - bench.Time.GetUtcNow() - TimeSpan.FromSeconds(1), bench.Time, bench.Stop);
        var asleep = (Environment.CpuUsage.TotalTime - cpu) / bench.Time.GetElapsedTime(from);
        yield return new($"durable.timers_1000.asleep.cpu.{name}", asleep * 100, "%");
        while (Enumerable.Range(0, Sleepers).Any(i => hub.Moments[i] < until))
            await Task.Delay(TimeSpan.FromMilliseconds(20), bench.Time, bench.Stop);
        var woke = Enumerable.Range(0, Sleepers).Select(i => (hub.Moments[i] - until).TotalMilliseconds).ToList();
        yield return new($"durable.timers_1000.late.{name}.p50", woke.Median(), "ms");
        yield return new($"durable.timers_1000.late.{name}.p99", woke.Percentile(99), "ms");
    }

    private static async IAsyncEnumerable<Figure> WaitingAsync(Hub hub, string name, Bench bench)
    {
        var before = Memory();
        foreach (var chunk in Enumerable.Range(0, Waiting).Chunk(500))
            await Task.WhenAll(chunk.Select(i => hub.StartAsync(new Wait(), $"wait-{i}")));
        while (
            await hub.Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM instances WHERE next_seq = 0")) > 0
        )
            await Task.Delay(TimeSpan.FromMilliseconds(100), bench.Time, bench.Stop);
        yield return new($"durable.waiting_100000.memory.{name}", Memory() - before, "MB");
    }

    /// <summary>A hundred thousand that ended long ago go while others run: how fast, and what the others lose by it.</summary>
    private static async IAsyncEnumerable<Figure> PurgeAsync(Hub hub, string name, Bench bench)
    {
        await hub.RunAsync(new Chain(5, Local: false), "first");
        await hub.AgeAsync("first", Purged);
        await LoadAsync("warm");
        var alone = await LoadAsync("alone");
        var began = bench.Time.GetTimestamp();
        var purge = PurgeAllAsync(hub, bench.Stop);
        var beside = new List<double>();
        while (!purge.IsCompleted)
            beside.Add(await LoadAsync($"beside-{beside.Count}"));
        yield return new(
            $"durable.purge_100000.{name}",
            bench.Time.GetElapsedTime(began, await purge).TotalSeconds,
            "s"
        );
        yield return new($"durable.purge_100000.load_left.{name}", beside.Median() / alone * 100, "%");

        Task<double> LoadAsync(string round) =>
            hub.LoadAsync(id => hub.StartAsync(new Chain(5, Local: false), id), InFlight, Round, round);

        async Task<long> PurgeAllAsync(Hub of, CancellationToken ct)
        {
            var longAgo = new PurgeInstancesFilter(CompletedBefore: bench.Time.GetUtcNow() - TimeSpan.FromDays(1));
            while (!(await of.Client.PurgeAllInstancesAsync(longAgo, ct)).IsComplete) { }
            return bench.Time.GetTimestamp();
        }
    }

    private static double Memory()
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64 / 1e6;
    }
}
