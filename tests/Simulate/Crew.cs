using Pipeline.Testing.Edge;
using Pipeline.Testing.Worlds;

namespace Pipeline.Simulate;

/// <summary>Lives through the worlds of one run, several at a time: each has a thread to itself and knows nothing of the others.</summary>
internal sealed class Crew(Options options, Plant? plant)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Tally tally = new();
    private readonly long began = MachineTime.Clock.GetTimestamp();
    private readonly IEnumerator<int> seeds = options.Seeds().GetEnumerator();
    private readonly Dictionary<int, long> living = [];

    public Tally Run()
    {
        using var minutes = MachineTime.Clock.CreateTimer(_ => Progress(), null, Minute, Minute);
        var threads = Enumerable.Range(0, options.Jobs).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        return tally;
    }

    private void Work()
    {
        while (Next() is { } plan)
        {
            var report = WorldRun.Run(plan, plant?.Put);
            var shrunk = report.Holds || !options.Shrinks ? null : Shrinker.Shrink(report, plant?.Put);
            lock (gate)
                Tell(report, shrunk);
        }
    }

    /// <summary>Once a minute, beside the results: how far it is, and which world takes how long.</summary>
    private void Progress()
    {
        lock (gate)
            Console.Error.WriteLine(
                $"{tally}; now {string.Join(", ", living.Select(l => $"seed {l.Key} for {MachineTime.Clock.GetElapsedTime(l.Value).TotalSeconds:0} s"))}"
            );
    }

    private WorldPlan? Next()
    {
        lock (gate)
            while (MachineTime.Clock.GetElapsedTime(began).TotalMinutes < options.Minutes && seeds.MoveNext())
            {
                var draw = plant?.Plan ?? (options.Restored ? WorldPlan.Restored : WorldPlan.Draw);
                var plan = draw(seeds.Current);
                if (options.With is not { } kind || plan.Deeds.Any(d => d.Kind == kind))
                {
                    living[plan.Seed] = MachineTime.Clock.GetTimestamp();
                    return plan;
                }
            }
        return null;
    }

    private void Tell(WorldReport report, ShrunkWorld? shrunk)
    {
        tally.Add(report);
        living.Remove(report.Plan.Seed);
        if (options.Story)
            Console.WriteLine(string.Join('\n', report.Log));
        if (options.Hashes)
            Console.WriteLine($"seed {report.Plan.Seed}: {report.Hash}");
        foreach (var violation in report.Violations)
            Console.WriteLine($"seed {report.Plan.Seed}: {violation}");
        if (shrunk is not null)
            Console.WriteLine(shrunk.Tell());
    }
}
