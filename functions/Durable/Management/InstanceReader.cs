using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable.Management;

/// <summary>What is asked of orchestrations from outside; it reads, and never loads more than a page.</summary>
public sealed class InstanceReader(EngineParts parts, ProgressEstimates estimates)
{
    /// <summary>Bytes of a history's data that are shown; what is beyond is shown as a reference, with its size.</summary>
    private const int ShownData = 8 * 1024 * 1024;

    /// <summary>A list shows references where data is large.</summary>
    /// <param name="withSteps">Each with its steps, for lists that are short; else with none.</param>
    public async ValueTask<InstancePage> ListAsync(Tx tx, InstanceFilter filter, int top, bool withSteps)
    {
        var rows = await tx.ListInstancesAsync(filter, top + 1);
        var states = new List<OrchestrationState>();
        foreach (var row in rows.Take(top))
            states.Add(withSteps ? await StateAsync(tx, row, 0) : Bare(row));
        return new(states, rows.Count > top ? new(states[^1].CreatedAt, states[^1].Id) : null);
    }

    /// <param name="project">Null for all projects, and for what belongs to none.</param>
    public ValueTask<IReadOnlyList<InstanceCount>> CountAsync(Tx tx, ProjectId? project) =>
        tx.CountInstancesAsync(project);

    /// <param name="withSteps">With its steps and history; else with none.</param>
    /// <param name="withData">With the history's data; else with references where that is large.</param>
    public async ValueTask<OrchestrationState?> FindAsync(
        Tx tx,
        string id,
        bool withSteps = true,
        bool withData = false
    )
    {
        if (await tx.FindInstanceAsync(id) is not { } row)
            return null;
        return withSteps ? await StateAsync(tx, row, withData ? ShownData : 0, whole: true) : Bare(row);
    }

    private OrchestrationState Bare(InstanceRow row) => OrchestrationState.From(row, [], [], parts.Json);

    private async ValueTask<OrchestrationState> StateAsync(Tx tx, InstanceRow found, int most, bool whole = false)
    {
        var row = found;
        IReadOnlyList<HistoryEvent> history = (await tx.ListHistoryAsync(row, 0)).Select(h => h.Event).ToList();
        if (whole)
            (row, history) = await PayloadTexts.ReadAsync(tx, row, history, most);
        var state = OrchestrationState.From(row, history, await tx.ListTasksAsync(row.Id), parts.Json);
        state = state with { History = HistoryItem.Condense(history, parts.Json) };
        return state with { Progress = await estimates.OfAsync(tx, state), Waits = await tx.ListWaitsAsync(found) };
    }
}
