using Pipeline.Benchmarks.Clouds;

namespace Pipeline.Benchmarks.Groups;

/// <summary>From the call of infra/up to its return, all being built: a cloud that is new, and one that was stopped.</summary>
internal static class Readiness
{
    private const int Rounds = 3;

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        var (fresh, again) = (new List<double>(), new List<double>());
        for (var i = 0; i < Rounds; i++)
        {
            var data = Path.Combine(bench.Folder, $"ready-{i}");
            try
            {
                fresh.Add(await UpAsync(bench, data));
                await CloudCommand.RunAsync("down", ["--data", data], bench.Stop);
                again.Add(await UpAsync(bench, data));
            }
            finally
            {
                await CloudCommand.RunAsync("down", ["--data", data, "--purge"], CancellationToken.None);
            }
        }
        yield return new("ready.new", fresh.Median(), "s");
        yield return new("ready.again", again.Median(), "s");
    }

    private static async Task<double> UpAsync(Bench bench, string data)
    {
        var began = bench.Time.GetTimestamp();
        var arguments = RunningCloud.ArgumentsOf(data, bench.FreePort + 1, CloudKind.Azurite);
        await CloudCommand.RunAsync("up", arguments, bench.Stop);
        return bench.Time.GetElapsedTime(began).TotalSeconds;
    }
}
