using Pipeline.Benchmarks.Clouds;

namespace Pipeline.Benchmarks.Groups;

/// <summary>What a cloud with one host uses while nobody asks for anything: Azurite, functions host and agent together.</summary>
internal static class Idling
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(30);

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        await Task.Delay(Settle, bench.Time, bench.Stop);
        var names = bench.Cloud.Names;
        var before = names.Select(name => Cpu.Of([bench.Cloud.Process(name)])).ToList();
        var began = bench.Time.GetTimestamp();
        await Task.Delay(Watch, bench.Time, bench.Stop);
        var milliseconds = bench.Time.GetElapsedTime(began).TotalMilliseconds;
        var total = 0.0;
        foreach (var (name, used) in names.Zip(before))
        {
            var percent = (Cpu.Of([bench.Cloud.Process(name)]) - used) / milliseconds * 100;
            total += percent;
            yield return new($"idle.{Short(name)}.cpu", percent, "%");
            yield return new($"idle.{Short(name)}.memory", Cpu.MemoryOf([bench.Cloud.Process(name)]), "MB");
        }
        yield return new("idle.cpu", total, "%");
        yield return new("idle.memory", Cpu.MemoryOf(bench.Cloud.Processes), "MB");
    }

    private static string Short(string process) => process.Split('-')[0];
}
