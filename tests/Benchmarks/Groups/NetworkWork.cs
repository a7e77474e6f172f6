using System.Text.Json.Nodes;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Load;

namespace Pipeline.Benchmarks.Groups;

/// <summary>What the network service does for a project with much on one network, beside its default group's servers.</summary>
internal static class NetworkWork
{
    private const string Ports = "/network/v2.0/ports";
    private const int Bulk = 500;
    private const int Many = 100_000;
    internal const int Rules = 100;
    private const int Members = 20;
    private const int Rounds = 7;

    /// <summary>
    /// Ports with an address each, of one network and the project's default group; then beside servers of that group, whose
    /// hosts are told of each new member.
    /// </summary>
    public static async IAsyncEnumerable<Figure> MeasurePortsAsync(Bench bench)
    {
        var place = await Workplace.MakeAsync(bench);
        var create = WireRequest.Of("POST", Ports, 201, bench.Cloud.Demo.Token, Port(place.Network).ToJsonString());
        var write = WireRequest.Of("POST", "/row", 200, body: "{}");
        await foreach (var figure in ComparedLoad.MeasureAsync(bench, "network.port.create", _ => create, write))
            yield return figure;
        await Task.WhenAll(Enumerable.Range(0, Members).Select(i => place.OrderAsync($"member-{i}")));
        await place.AllBuiltAsync();
        await foreach (
            var figure in ComparedLoad.MeasureAsync(bench, "network.port.create.beside_20", _ => create, write)
        )
            yield return figure;
        await place.ClearAsync();
    }

    /// <summary>A hundred rules in one call, for a group of which a server runs.</summary>
    public static async IAsyncEnumerable<Figure> MeasureRulesAsync(Bench bench)
    {
        var demo = bench.Cloud.Demo;
        var took = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var named = new JsonObject { ["security_group"] = new JsonObject { ["name"] = $"bench-{round}" } };
            var group = (string)
                (await demo.PostAsync("/network/v2.0/security-groups", named, bench.Stop))["security_group"]!["id"]!;
            var rules = new JsonArray([.. Enumerable.Range(1, Rules).Select(port => Rule(group, port))]);
            var body = new JsonObject { ["security_group_rules"] = rules };
            var began = bench.Time.GetTimestamp();
            await demo.PostAsync("/network/v2.0/security-group-rules", body, bench.Stop);
            took.Add(bench.Time.GetElapsedTime(began).TotalMilliseconds);
        }
        yield return new("network.rules_100.p50", took.Skip(2).ToList().Median(), "ms");
    }

    /// <summary>A page of a thousand ports where there are a hundred thousand.</summary>
    public static async IAsyncEnumerable<Figure> MeasureListAsync(Bench bench)
    {
        var place = await Workplace.MakeAsync(bench, "10.80.0.0/12");
        for (var made = 0; made < Many; made += Bulk)
        {
            var ports = new JsonArray([
                .. Enumerable.Range(0, Bulk).Select(_ => Port(place.Network)["port"]!.DeepClone()),
            ]);
            await bench.Cloud.Demo.PostAsync(Ports, new JsonObject { ["ports"] = ports }, bench.Stop);
        }
        var list = WireRequest.Of("GET", $"{Ports}?limit=1000", 200, bench.Cloud.Demo.Token);
        var rows = WireRequest.Of("GET", "/rows", 200);
        await foreach (var figure in ComparedLoad.MeasureAsync(bench, "network.list_1000", _ => list, rows))
            if (!figure.Name.EndsWith("ratio", StringComparison.Ordinal)) // the bare list has a tenth of the rows
                yield return figure;
    }

    private static JsonObject Port(string network) => new() { ["port"] = new JsonObject { ["network_id"] = network } };

    internal static JsonObject Rule(string group, int port) =>
        new()
        {
            ["security_group_id"] = group,
            ["direction"] = "ingress",
            ["protocol"] = "tcp",
            ["port_range_min"] = port,
            ["port_range_max"] = port,
        };
}
