using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>What one commit puts into rows, made ready before its transaction; the same data twice is written once.</summary>
internal sealed class PayloadBatch
{
    /// <summary>A custom status has a life of its own: it goes when another takes its place.</summary>
    private const string Shown = "custom status\n";

    private readonly Dictionary<string, Payload> large = new(StringComparer.Ordinal);

    /// <returns>What the row is to hold.</returns>
    public string Keep(string json, HostId? host = null) => Add(Payload.Of(json, "it", host));

    /// <param name="shown">What the row holds: every replay shows the same again, which is not written again.</param>
    public string? KeepStatus(string? json, string? shown = null)
    {
        if (json is null)
            return null;
        var payload = Payload.Of(json, "it", apart: Shown);
        return payload.Text == shown ? shown : Add(payload);
    }

    /// <summary>An event as it is to stand in history: what the code asked for or ended with. News stands in rows already.</summary>
    public HistoryEvent Keep(HistoryEvent item) =>
        item.Kind switch
        {
            HistoryKind.TaskScheduled when IsLarge(item) => item with
            {
                Data = Keep(item.Data!, OrchestrationState.HostOf(item)),
            },
            HistoryKind.SubOrchestrationInstanceCreated when IsLarge(item) => item with { Data = Keep(item.Data!) },
            HistoryKind.ExecutionCompleted when item.Name == InstanceStatus.Completed && IsLarge(item) => item with
            {
                Data = Keep(item.Data!),
            },
            _ => item,
        };

    public async ValueTask SaveAsync(Tx tx, string instance, int generation)
    {
        foreach (var payload in large.Values)
            await tx.SavePayloadAsync(instance, generation, payload);
    }

    private static bool IsLarge(HistoryEvent item) => Payload.IsLarge(item.Data!);

    private string Add(Payload payload)
    {
        if (payload.Hash is { } hash)
            large[hash] = payload;
        return payload.Text;
    }
}
