namespace Pipeline.Durable.Management;

/// <summary>A step of a run that completed.</summary>
internal sealed record PastStep
{
    public string InstanceId { get; init; } = "";
    public DateTimeOffset At { get; init; }
    public DateTimeOffset CompletedAt { get; init; }
}

/// <summary>What runs of one kind took: how many steps, and how long from the beginning of each to the end. Pure.</summary>
internal sealed class PastRuns
{
    public static readonly PastRuns None = new(0, []);
    private readonly int usual;
    private readonly IReadOnlyList<TimeSpan> left;

    private PastRuns(int usual, IReadOnlyList<TimeSpan> left) => (this.usual, this.left) = (usual, left);

    /// <param name="steps">By run, in their order.</param>
    public static PastRuns Of(IReadOnlyList<PastStep> steps)
    {
        var runs = steps.GroupBy(s => s.InstanceId).Select(run => run.ToList()).ToList();
        if (runs.Count == 0)
            return None;
        var counts = runs.Select(r => r.Count).Order().ToList();
        var rests = new List<TimeSpan>();
        for (var i = 0; i < counts[^1]; i++)
            rests.Add(NineOfTen(runs.Where(r => r.Count > i).Select(r => r[i].CompletedAt - r[i].At)));
        return new(counts[(counts.Count - 1) / 2], rests);
    }

    /// <param name="step">From 1.</param>
    /// <param name="into">For how long the step has been running.</param>
    public InstanceProgress? At(int step, TimeSpan into)
    {
        if (left.Count == 0)
            return null;
        var rest = left[Math.Min(step, left.Count) - 1] - into;
        return new(step, Math.Max(step, usual), rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
    }

    private static TimeSpan NineOfTen(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted[(int)Math.Ceiling(sorted.Count * 0.9) - 1];
    }
}
