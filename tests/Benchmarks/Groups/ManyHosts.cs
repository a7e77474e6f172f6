using System.Text.Json.Nodes;
using Pipeline.Benchmarks.Clouds;

namespace Pipeline.Benchmarks.Groups;

/// <summary>What many hosts cost: rules that all of them must have, and all their agents restarted at once.</summary>
internal static class ManyHosts
{
    private const int Few = 50;
    private const int Many = 1000;
    private const int AtOnce = 50;
    private const int Turns = 200;
    private const int Rounds = 7;
    private const int Warm = 2;
    private const string Rules = "/network/v2.0/security-group-rules";
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        await using var swarm = await Swarm.StartAsync(bench, Few);
        var place = await Workplace.MakeAsync(bench);
        await FillAsync(place, swarm);
        var took = new List<double>();
        for (var round = 0; round < Rounds; round++)
            took.Add(await EffectiveAsync(bench, swarm, round));
        yield return new("network.hosts_50.rules_100.effective", took.Skip(Warm).ToList().Median(), "s");
        await swarm.GrowAsync(bench, Many - Few);
        await foreach (var figure in RestartAsync(bench, swarm))
            yield return figure;
        await place.ClearAsync();
    }

    /// <summary>Hosts, some of them with servers, whose agents all end and begin at once: what that asks of the functions host.</summary>
    private static async IAsyncEnumerable<Figure> RestartAsync(Bench bench, Swarm swarm)
    {
        await Task.Delay(TimeSpan.FromSeconds(10), bench.Time, bench.Stop);
        var functions = (int[])[bench.Cloud.Process("functions")];
        var idle = await WatchAsync(bench, functions, 15);
        var usual = idle.Median();
        yield return new("network.hosts_1000.idle", usual / 10, "%"); // of a core: ms a second
        var before = Cpu.Of(functions);
        await swarm.RestartAsync();
        var after = await WatchAsync(bench, functions, 30);
        var settled = after.FindLastIndex(ms => ms > 2 * usual) + 1;
        var more = Cpu.Of(functions) - before - usual * after.Count;
        yield return new("network.hosts_1000.restart.cpu", more / 1000, "s");
        yield return new("network.hosts_1000.restart.settled", settled, "s");
    }

    /// <summary>Orders servers until each of the hosts has one. Orders that are ranked at once meet on the same hosts, so it takes some turns.</summary>
    private static async Task FillAsync(Workplace place, Swarm swarm)
    {
        for (var turn = 0; turn < Turns && Empty(swarm) is > 0 and var empty; turn++)
        {
            var orders = Enumerable.Range(0, Math.Min(AtOnce, empty));
            await Task.WhenAll(orders.Select(n => place.OrderAsync($"guest-{swarm.Hosts.Count}-{turn}-{n}")));
            await place.AllBuiltAsync();
        }
        if (Empty(swarm) is > 0 and var left)
            throw new IOException($"{left} hosts have no server");
    }

    private static int Empty(Swarm swarm) => swarm.Hosts.Count(h => h.Metal.Ports.Count == 0);

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
                if (
                    told
                    || !host.Metal.Ports.Values.All(port => port.Rules.Any(r => r.PortMin <= last && r.PortMax >= last))
                )
                    return;
                told = true;
                if (Interlocked.Decrement(ref waiting) == 0)
                    all.TrySetResult();
            };
        }
        var began = bench.Time.GetTimestamp();
        var body = new JsonObject { ["security_group_rules"] = rules };
        var made = await demo.PostAsync(Rules, body, bench.Stop);
        if (await Task.WhenAny(all.Task, Task.Delay(Patience, bench.Time, bench.Stop)) != all.Task)
            throw new TimeoutException(
                $"{waiting} of {swarm.Hosts.Count} hosts have not filtered by the rules of round {round}"
            );
        var took = bench.Time.GetElapsedTime(began).TotalSeconds;
        foreach (var rule in made!["security_group_rules"]!.AsArray())
            await demo.SendAsync(HttpMethod.Delete, $"{Rules}/{rule!["id"]}", null, bench.Stop);
        await Task.Delay(Rest, bench.Time, bench.Stop); // hosts have heard of the last one by then
        return took;
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
