namespace Pipeline.Testing.Worlds;

/// <summary>What must never be, and was.</summary>
/// <param name="Promise">Which one, in words that name no id: two runs that break the same promise are alike.</param>
/// <param name="At">The world's time.</param>
public sealed record Violation(string Promise, string What, DateTimeOffset At)
{
    public override string ToString() => $"{At:HH:mm:ss.fff} {Promise}: {What}";
}

/// <summary>How one world went.</summary>
/// <param name="Hash">Of the log: two runs of one plan have the same.</param>
public sealed record WorldReport(
    WorldPlan Plan,
    IReadOnlyList<Violation> Violations,
    long Events,
    TimeSpan Simulated,
    string Hash,
    IReadOnlyList<string> Log
)
{
    /// <summary>What was there when the plan's last deed was done, and at the very end.</summary>
    public string Before { get; init; } = "";

    public string After { get; init; } = "";

    public bool Holds => Violations.Count == 0;
}
