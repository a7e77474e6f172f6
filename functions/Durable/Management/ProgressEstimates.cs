using System.Collections.Concurrent;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable.Management;

/// <summary>How far an orchestration is, by what runs of its kind took before.</summary>
/// <param name="Step">Of how many it has begun, from 1.</param>
/// <param name="Of">What a run of its kind usually takes; never less than the step it is at.</param>
/// <param name="P90Remaining">Nine of ten runs needed no longer from here; zero when it is late already.</param>
public sealed record InstanceProgress(int Step, int Of, TimeSpan P90Remaining);

/// <summary>
/// What runs of each kind took, from the histories of the last ones, read when somebody looks and kept for a while: turns,
/// which come by the thousand, pay nothing for it.
/// </summary>
public sealed class ProgressEstimates(EngineParts parts, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(string Name, int Version), Kept> known = new();

    /// <returns>Null when it does not go forward, or no run of its kind has completed lately.</returns>
    public async ValueTask<InstanceProgress?> OfAsync(Tx tx, OrchestrationState state)
    {
        var last = state.Steps is [.., var step] ? step : null;
        // An undo takes as long as there is to undo, which other runs say nothing about.
        var goesOn = state is { Status: InstanceStatus.Running } && state.History.All(h => GoesOn(h.EventType));
        return last is not null && goesOn
            ? (await KindAsync(tx, state.Name, state.Version)).At(state.Steps.Count, tx.Now - last.StartedAt)
            : null;
    }

    internal async ValueTask<InstanceProgress?> AtAsync(Tx tx, InstanceRow row, int step, DateTimeOffset since) =>
        (await KindAsync(tx, row.Name, row.Version)).At(step, tx.Now - since);

    /// <summary>False for what ends the way forward.</summary>
    internal static bool GoesOn(string eventType) =>
        eventType
            is not (
                nameof(HistoryKind.TaskFailed)
                or nameof(HistoryKind.CancelRequested)
                or nameof(HistoryKind.DeadlineReached)
                or nameof(HistoryKind.EpochRaised)
            );

    private async ValueTask<PastRuns> KindAsync(Tx tx, string name, int version)
    {
        if (known.TryGetValue((name, version), out var kept) && time.GetElapsedTime(kept.At) < Fresh)
            return kept.Runs;
        if (!parts.Registry.Knows(name))
            return PastRuns.None; // a name that no code has: kinds that are kept are as many as there is code
        var runs = PastRuns.Of(await tx.ListPastStepsAsync(name, version));
        known[(name, version)] = new(time.GetTimestamp(), runs);
        return runs;
    }

    private sealed record Kept(long At, PastRuns Runs);
}
