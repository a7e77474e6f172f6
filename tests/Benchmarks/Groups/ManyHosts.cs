using System.Text.Json.Nodes;
using Pipeline.Benchmarks.Clouds;

namespace Pipeline.Benchmarks.Groups;

/// <summary>What many hosts cost: rules that all of them must have, and all their agents restarted at once.</summary>
internal static class ManyHosts
{
    private const int Few = 50;
    private const int Many = 1000;
    private const int ServersEach = 2;
    private const int Rounds = 7;
    private const int Warm = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>From a call with a hundred rules of a group until all hosts with its servers filter by them.</summary>
    public static async IAsyncEnumerable<Figure> MeasureRulesAsync(Bench bench)
    {
        await using var swarm = await Swarm.StartAsync(bench, Few);
        var place = await Workplace.MakeAsync(bench);
        await FillAsync(place, swarm, Few);
        var took = new List<double>();
        for (var round = 0; round < Rounds; round++)
            took.Add(await EffectiveAsync(bench, swarm, round));
        yield return new("network.rules_100.effective_50", took.Skip(Warm).ToList().Median(), "s");
        await place.ClearAsync();
    }

    /// <summary>Hosts with a server each, whose agents all end and begin at once: what that asks of the functions host.</summary>
    public static async IAsyncEnumerable<Figure> MeasureRestartAsync(Bench bench)
    {
        await using var swarm = await Swarm.StartAsync(bench, Many);
        var place = await Workplace.MakeAsync(bench);
        await FillAsync(place, swarm, Many);
        await Task.Delay(TimeSpan.FromSeconds(10), bench.Time, bench.Stop);
        var functions = (int[])[bench.Cloud.Process("functions")];
        var idle = await WatchAsync(bench, functions, 15);
        var usual = idle.Median();
        yield return new("network.agents_1000.idle", usual / 10, "%"); // of a core: ms a second
        var changes = 0;
        foreach (var host in swarm.Hosts)
            host.Metal.Changed = () => Interlocked.Increment(ref changes);
        var before = Cpu.Of(functions);
        await swarm.RestartAsync();
        var after = await WatchAsync(bench, functions, 30);
        var settled = after.FindLastIndex(ms => ms > 2 * usual) + 1;
        var more = Cpu.Of(functions) - before - usual * after.Count;
        yield return new("network.agents_1000.restart.cpu", more / 1000, "s");
        yield return new("network.agents_1000.restart.settled", settled, "s");
        yield return new("network.agents_1000.restart.changes", changes, "");
        await place.ClearAsync();
    }

    /// <summary>Orders servers until each of the hosts has one.</summary>
    private static async Task FillAsync(Workplace place, Swarm swarm, int hosts)
    {
        for (var turn = 0; turn < 5 && swarm.Hosts.Any(h => h.Metal.Ports.Count == 0); turn++)
        {
            foreach (var chunk in Enumerable.Range(0, hosts * ServersEach).Chunk(100))
            {
                await Task.WhenAll(chunk.Select(n => place.OrderAsync($"guest-{turn}-{n}")));
                await place.AllBuiltAsync();
            }
        }
        if (swarm.Hosts.Count(h => h.Metal.Ports.Count == 0) is > 0 and var empty)
            throw new IOException($"{empty} hosts have no server");
    }

    private static async Task<double> EffectiveAsync(Bench bench, Swarm swarm, int round)
    {
        var demo = bench.Cloud.Demo;
        var groups = await demo.GetAsync("/network/v2.0/security-groups?name=default", bench.Stop);
        var group = (string)groups!["security_groups"]![0]!["id"]!;
        var first = 10_000 + round * NetworkWork.Rules;
        var last = first + NetworkWork.Rules - 1;
        var rules = new JsonArray([
            .. Enumerable.Range(first, NetworkWork.Rules).Select(port => NetworkWork.Rule(group, port)),
        ]);
        var waiting = swarm.Hosts.Count;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var host in swarm.Hosts)
        {
            var told = false;
            host.Metal.Changed = () =>
            {
                if (told || !host.Metal.Ports.Values.All(port => port.Rules.Any(r => r.PortMin == last)))
                    return;
                told = true;
                if (Interlocked.Decrement(ref waiting) == 0)
                    all.TrySetResult();
            };
        }
        var began = bench.Time.GetTimestamp();
        var body = new JsonObject { ["security_group_rules"] = rules };
        await demo.PostAsync("/network/v2.0/security-group-rules", body, bench.Stop);
        await all.Task.WaitAsync(Patience, bench.Time, bench.Stop);
        return bench.Time.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>CPU milliseconds of each second.</summary>
    private static async Task<List<double>> WatchAsync(Bench bench, int[] processes, int seconds)
    {
        var used = new List<double>();
        var last = Cpu.Of(processes);
        for (var i = 0; i < seconds; i++)
        {
            await Task.Delay(Second, bench.Time, bench.Stop);
            var now = Cpu.Of(processes);
            used.Add(now - last);
            last = now;
        }
        return used;
    }
}
