using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Activities;

/// <summary>Reads what a host has to be told.</summary>
internal sealed record ReadStalePorts(HostId Host) : IActivity<StalePorts>;

/// <param name="Version">The version that the host has when it has confirmed these.</param>
internal sealed record StalePorts(long Version, IReadOnlyList<HostNetwork> Networks, IReadOnlyList<HostPort> Ports)
{
    /// <summary>News of names; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HostNames>? Names { get; init; }

    /// <summary>Ports that guests get while they run; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BoundPorts? Added { get; init; }
}

internal sealed class ReadStalePortsHandler(Cloud cloud) : ITransactionalActivity<ReadStalePorts, StalePorts>
{
    public async ValueTask<StalePorts> RunAsync(Tx tx, ReadStalePorts step)
    {
        if (await tx.TakeRefreshAsync(step.Host) is not { } refresh)
            return new(0, [], []);
        await tx.MarkPluggingAsync(step.Host, refresh.Done);
        var (networks, ports) = await tx.LowerAsync(
            await tx.ListStaleAsync(step.Host, refresh.Done),
            cloud.Id,
            step.Host
        );
        return new(refresh.Wanted, networks, ports)
        {
            Names = await tx.ReadNamesAsync(step.Host, refresh.Done),
            Added = await AddedAsync(tx, step.Host),
        };
    }

    private async ValueTask<BoundPorts?> AddedAsync(Tx tx, HostId host)
    {
        if (await tx.ListArrivingAsync(host) is not { Count: > 0 } arriving)
            return null;
        var (networks, ports) = await tx.LowerAsync(arriving, cloud.Id, host);
        return new(networks, ports);
    }
}
