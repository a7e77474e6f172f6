using System.Text;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>
/// Finds a short plan that still breaks the same promise: deeds are left out, by halves and ever smaller parts, then
/// functions hosts, hosts and tenants (delta debugging).
/// </summary>
public static class Shrinker
{
    private const int MostRuns = 150;

    /// <param name="plant">What was planted when it failed.</param>
    public static ShrunkWorld Shrink(WorldReport failed, Action<TestCloud>? plant = null)
    {
        var promise = failed.Violations[0].Promise;
        var best = failed;
        var runs = 0;
        bool StillFails(WorldPlan plan)
        {
            if (runs >= MostRuns)
                return false;
            runs++;
            var report = WorldRun.Run(plan, plant);
            if (!report.Violations.Any(v => v.Promise == promise))
                return false;
            best = report;
            return true;
        }

        LeaveOutDeeds(() => best.Plan, StillFails);
        foreach (var smaller in Smaller(best.Plan))
            StillFails(Merge(best.Plan, smaller));
        return new(failed, best, promise, runs);
    }

    private static void LeaveOutDeeds(Func<WorldPlan> best, Func<WorldPlan, bool> stillFails)
    {
        for (var parts = 2; best().Deeds.Count > 0; )
        {
            var deeds = best().Deeds;
            parts = Math.Min(parts, deeds.Count);
            var size = (deeds.Count + parts - 1) / parts;
            var found = false;
            for (var at = 0; at < deeds.Count && !found; at += size)
                found = stillFails(best() with { Deeds = [.. deeds.Take(at), .. deeds.Skip(at + size)] });
            if (!found && parts >= deeds.Count)
                return;
            parts = found ? Math.Max(2, parts - 1) : parts * 2;
        }
    }

    private static IEnumerable<WorldPlan> Smaller(WorldPlan plan)
    {
        if (plan.FunctionsHosts > 1)
            yield return plan with
            {
                FunctionsHosts = 1,
            };
        if (plan.SkewsMs.Any(s => s != 0))
            yield return plan with
            {
                SkewsMs = [.. plan.SkewsMs.Select(_ => 0)],
            };
        if (plan.Hosts > 1)
            yield return plan with
            {
                Hosts = 1,
            };
        if (plan.Tenants > 1)
            yield return plan with
            {
                Tenants = 1,
            };
    }

    /// <summary>Takes from the smaller one what it changed; what another has changed meanwhile stays.</summary>
    private static WorldPlan Merge(WorldPlan best, WorldPlan smaller) =>
        best with
        {
            FunctionsHosts = Math.Min(best.FunctionsHosts, smaller.FunctionsHosts),
            Hosts = Math.Min(best.Hosts, smaller.Hosts),
            Tenants = Math.Min(best.Tenants, smaller.Tenants),
            SkewsMs = smaller.SkewsMs.All(s => s == 0) ? smaller.SkewsMs : best.SkewsMs,
        };
}

/// <summary>The shortest plan that was found, and how it went.</summary>
public sealed record ShrunkWorld(WorldReport Failed, WorldReport Shortest, string Promise, int Runs)
{
    private const int Around = 60;

    /// <summary>For a reader: what was planned, the state before and after, and what happened around the failure.</summary>
    public string Tell()
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"seed {Failed.Plan.Seed}, shrunk in {Runs} runs from {Failed.Plan.Deeds.Count} deeds to {Shortest.Plan.Deeds.Count}"
        );
        text.AppendLine($"broken: {Promise}");
        text.AppendLine(Shortest.Plan.Shape);
        foreach (var deed in Shortest.Plan.Deeds)
            text.AppendLine($"  {deed}");
        foreach (var violation in Shortest.Violations)
            text.AppendLine($"  {violation}");
        text.AppendLine("before the faults ended:").AppendLine(Indented(Shortest.Before));
        text.AppendLine("after it came to rest:").AppendLine(Indented(Shortest.After));
        var log = Shortest.Log;
        var at = Math.Max(0, log.ToList().FindIndex(l => l.Contains("!!!", StringComparison.Ordinal)));
        text.AppendLine("what happened until then:");
        foreach (var line in log.Skip(Math.Max(0, at - Around)).Take(Around + 1))
            text.AppendLine($"  {line}");
        return text.ToString();
    }

    private static string Indented(string lines) =>
        string.Join('\n', lines.Split('\n').Where(l => l.Length > 0).Select(l => $"  {l}"));
}
