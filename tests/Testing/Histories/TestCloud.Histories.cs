using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Replay;
using Pipeline.Testing.Histories;

namespace Pipeline.Testing.Clouds;

/// <summary>What orchestrations did is taken out of the cloud, and held against the code of today.</summary>
public sealed partial class TestCloud
{
    /// <summary>Those of all orchestrations that have ended, in the order in which they began, but for those left out by id.</summary>
    public Task<IReadOnlyList<RecordedHistory>> HistoriesAsync(IReadOnlySet<string> leftOut) =>
        Store.ReadAsync<IReadOnlyList<RecordedHistory>>(async tx =>
        {
            var found = new List<RecordedHistory>();
            foreach (var id in await tx.ListAsync<string>(Ended))
                if (!leftOut.Contains(id))
                    found.Add(await RecordedAsync(tx, (await tx.AskInstances([id]).RowsAsync())[0]));
            return found;
        });

    /// <summary>Replays a history on the code that runs here.</summary>
    /// <returns>Null: it takes the same decisions to the same end. Else what differs.</returns>
    public string? DifferenceOf(RecordedHistory recorded)
    {
        var engine = functions[0].Engine;
        recorded = recorded.ToItsEnd();
        var last = recorded.Events[^1];
        try
        {
            var orchestrator = engine.Registry.Orchestrator(recorded.Orchestration, recorded.Version);
            var now = Replayed(recorded, orchestrator, engine.Json).Events[^1];
            return (now.Name, now.Data) == (last.Name, last.Data)
                ? null
                : $"it ended {last.Name} {last.Data}, and now ends {now.Name} {now.Data}";
        }
        catch (MismatchException e)
        {
            return e.Blocked.Seq < 0 ? e.Blocked.Reason : $"event {e.Blocked.Seq + 1}: {e.Message}";
        }
        catch (Contracts.Fault e)
        {
            return e.Message;
        }
    }

    private const string Ended = "SELECT id FROM instances WHERE completed_at IS NOT NULL ORDER BY created_at, id";

    private static EpisodeResult Replayed(RecordedHistory recorded, IOrchestrator orchestrator, DurableJson json)
    {
        var row = new InstanceRow
        {
            Id = recorded.Id,
            Name = recorded.Orchestration,
            Version = recorded.Version,
            Generation = recorded.Generation,
            Epoch = recorded.Epoch,
            NextSeq = recorded.Events.Count,
        };
        var history = recorded.Events.Select(e => new HistoryEvent(
            Enum.Parse<HistoryKind>(e.Kind),
            e.Task,
            e.Name,
            e.Data,
            e.Hash,
            e.At
        ));
        var end = recorded.Events[^1].At;
        return Episode.Run(new(row, [.. history], [], []), [], end, orchestrator, json, NullLogger.Instance);
    }

    private static async ValueTask<RecordedHistory> RecordedAsync(Tx tx, InstanceRow row)
    {
        var history = await tx.ListHistoryAsync(row, 0);
        var events = history.Select(h => new RecordedEvent(h.Kind, h.TaskId, h.Name, h.Data, h.Hash, h.At));
        return new(row.Name, row.Version, row.Id, row.Generation, row.Epoch, [.. events]);
    }
}
