using System.Globalization;
using Pipeline.Testing.Edge;
using Pipeline.Testing.Models;

namespace Pipeline.Simulate;

/// <summary>Sequences of API calls, a seed each, held against a model.</summary>
internal static class Calls
{
    private const int Steps = 2_000;

    public static int Run(Options options)
    {
        if (options.Plant == "list")
        {
            Console.WriteLine(string.Join('\n', Mistake.All));
            return 0;
        }
        var plant = options.Plant is { } name ? Mistake.All.First(m => m.Name.Contains(name)) : null;
        var (cpu, began) = (Environment.CpuUsage.TotalTime, MachineTime.Clock.GetTimestamp());
        var (seeds, failed, calls) = (0, 0, 0L);
        foreach (var seed in options.Seeds())
        {
            if (MachineTime.Clock.GetElapsedTime(began).TotalMinutes > options.Minutes)
                break;
            var report = ModelRun.Run(Sequence.Draw(seed, Steps), plant?.Put);
            (seeds, calls) = (seeds + 1, calls + report.Calls);
            failed += report.Holds ? 0 : 1;
            Tell(options, report, plant);
        }
        var seconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{seeds} sequences from seed {options.First}, {failed} failed; {calls} calls, {calls / seconds:0} a CPU second"
            )
        );
        return failed == 0 ? 0 : 1;
    }

    private static void Tell(Options options, ModelReport report, Mistake? plant)
    {
        if (options.Story)
            Console.WriteLine(string.Join('\n', report.Told));
        if (options.Hashes)
            Console.WriteLine($"seed {report.Sequence.Seed}: {report.Hash}");
        if (report.Holds)
            return;
        Console.WriteLine($"seed {report.Sequence.Seed}: {report.Told[^1]}");
        if (options.Shrinks)
            Console.WriteLine(ShortModel.Of(report, plant?.Put).Tell());
    }
}
