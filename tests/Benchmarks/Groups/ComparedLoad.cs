using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Load;

namespace Pipeline.Benchmarks.Groups;

/// <summary>One kind of request to the cloud, beside the bare server's nearest to it, in turns.</summary>
internal static class ComparedLoad
{
    private const int Rounds = 5;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<Figure> MeasureAsync(
        Bench bench,
        string name,
        Func<int, WireRequest> request,
        WireRequest bareRequest
    )
    {
        using var bare = await bench.StartBareAsync();
        using var ours = new LoadRun(bench.Cloud.Port, bench.Cloud.Process("functions"), request, bench.Time);
        using var theirs = new LoadRun(bare.Port, bare.Id, _ => bareRequest, bench.Time);
        await LoadRun.MeasureAsync(Rounds, Length, ours, theirs);
        yield return new($"{name}.per_second", ours.PerSecond, "1/s");
        yield return new($"{name}.cpu_ms", ours.CpuMilliseconds, "ms");
        yield return new($"{name}.bare.cpu_ms", theirs.CpuMilliseconds, "ms");
        yield return new($"{name}.ratio", ours.CpuMilliseconds / theirs.CpuMilliseconds, "x");
    }
}
