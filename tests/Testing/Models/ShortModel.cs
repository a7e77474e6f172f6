using System.Text;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Models;

/// <summary>The shortest sequence that was found to break the same promise, and how it went.</summary>
public sealed record ShortModel(ModelReport Failed, ModelReport Shortest, int Runs)
{
    private const int MostRuns = 250;

    /// <param name="plant">What was planted when it failed.</param>
    public static ShortModel Of(ModelReport failed, Action<TestCloud>? plant = null)
    {
        var (best, runs) = (failed, 0);
        bool StillFails(IReadOnlyList<Step> steps)
        {
            runs++;
            var report = ModelRun.Run(failed.Sequence with { Steps = steps }, plant);
            if (report.Broken != failed.Broken)
                return false;
            best = report;
            return true;
        }
        Shortening.Of(failed.Sequence.Steps, StillFails, MostRuns);
        return new(failed, best, runs);
    }

    public string Tell()
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"seed {Failed.Sequence.Seed}, shrunk in {Runs} runs from {Failed.Sequence.Steps.Count} steps to {Shortest.Sequence.Steps.Count}"
        );
        text.AppendLine($"broken: {Shortest.Broken}");
        foreach (var step in Shortest.Sequence.Steps)
            text.AppendLine($"  {step}");
        text.AppendLine("the calls:");
        foreach (var line in Shortest.Told)
            text.AppendLine($"  {line}");
        return text.ToString();
    }
}
