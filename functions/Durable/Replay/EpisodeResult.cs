using Pipeline.Contracts;

namespace Pipeline.Durable.Replay;

/// <summary>What one stretch of an episode brought: from its news to what the code then waits for.</summary>
/// <param name="Events">New history, in order.</param>
/// <param name="Actions">New actions to carry out.</param>
/// <param name="Taken">Mail that was consumed.</param>
/// <param name="Epoch">The fence at the turn's end.</param>
internal sealed record EpisodeResult(
    IReadOnlyList<HistoryEvent> Events,
    IReadOnlyList<PendingAction> Actions,
    IReadOnlyList<long> Taken,
    Outcome? Outcome,
    string? CustomStatus,
    long Epoch
)
{
    /// <summary>Names of external events that the code awaits; null for none.</summary>
    public string? Waits { get; init; }

    /// <summary>
    /// Gives the code the news that its step has ended, as a turn of its own would: the next stretch. Once only, since the code runs
    /// on; it is pure all the same.
    /// </summary>
    public required Func<HistoryEvent, DateTimeOffset, EpisodeResult> GoOn { get; init; }
}

/// <summary>How an instance ended.</summary>
/// <param name="NextInput">What it continues with, as new; null when it does not.</param>
internal sealed record Outcome(string Status, string? Output, FaultDetails? Fault, string? NextInput = null);
