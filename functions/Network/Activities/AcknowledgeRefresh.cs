using System.Text.Json.Serialization;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Trunks;

namespace Pipeline.Network.Activities;

/// <summary>Records what a host has confirmed. What was wanted meanwhile has a run of its own waiting.</summary>
internal sealed record AcknowledgeRefresh(HostId Host, long Version) : IActivity<Done>
{
    /// <summary>Ports that it has got; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PortId>? Added { get; init; }
}

internal sealed class AcknowledgeRefreshHandler(Subports subports) : ITransactionalActivity<AcknowledgeRefresh, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, AcknowledgeRefresh step)
    {
        await tx.SetDoneAsync(step.Host, step.Version);
        if (step.Added is { } added)
            await subports.PluggedAsync(tx, step.Host, added);
        return Done.Instance;
    }
}
