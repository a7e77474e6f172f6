using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Load;

namespace Pipeline.Benchmarks.Groups;

/// <summary>A project's hundred servers in detail, and one of them.</summary>
internal static class ServerLists
{
    private const int Listed = 100;

    public static IAsyncEnumerable<Figure> MeasureListAsync(Bench bench) =>
        MeasureAsync(bench, "server.list_100", Listed, _ => "/compute/v2.1/servers/detail", "/rows");

    public static IAsyncEnumerable<Figure> MeasureShowAsync(Bench bench) =>
        MeasureAsync(bench, "server.show", 1, server => $"/compute/v2.1/servers/{server}", "/row");

    private static async IAsyncEnumerable<Figure> MeasureAsync(
        Bench bench,
        string name,
        int count,
        Func<string, string> path,
        string bare
    )
    {
        var place = await Workplace.MakeAsync(bench);
        var servers = await Task.WhenAll(Enumerable.Range(0, count).Select(i => place.OrderAsync($"listed-{i}")));
        await place.AllBuiltAsync();
        var request = WireRequest.Of("GET", path(servers[0]), 200, bench.Cloud.Demo.Token);
        await foreach (var f in ComparedLoad.MeasureAsync(bench, name, _ => request, WireRequest.Of("GET", bare, 200)))
            yield return f;
        await place.ClearAsync();
    }
}
