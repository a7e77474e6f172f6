using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Load;

namespace Pipeline.Benchmarks.Groups;

/// <summary>Ports with an address, and how many commits one costs.</summary>
internal static class PortCreation
{
    private const int Counted = 50;

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        var place = await Workplace.MakeAsync(bench);
        var body = $$$"""{"port":{"network_id":"{{{place.Network}}}"}}""";
        var create = WireRequest.Of("POST", "/network/v2.0/ports", 201, bench.Cloud.Demo.Token, body);
        var write = WireRequest.Of("POST", "/row", 200, body: "{}");
        await foreach (var figure in ComparedLoad.MeasureAsync(bench, "port.create", _ => create, write))
            yield return figure;
        using var connection = new WireConnection(bench.Cloud.Port);
        var commits = await WalCommits.CountAsync(
            bench.Cloud.Database,
            async () =>
            {
                for (var i = 0; i < Counted; i++)
                    await connection.SendAsync(create, bench.Stop);
            }
        );
        yield return new("port.create.commits", commits / Counted, "");
    }
}
