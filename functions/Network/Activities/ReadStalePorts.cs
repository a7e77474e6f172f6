using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Activities;

/// <summary>Reads what a host has to be told.</summary>
internal sealed record ReadStalePorts(HostId Host) : IActivity<StalePorts>;

/// <param name="Wanted">False when the host has been told everything: the run ends.</param>
/// <param name="Version">The version that the host has when it has confirmed these.</param>
internal sealed record StalePorts(
    bool Wanted,
    long Version,
    IReadOnlyList<HostNetwork> Networks,
    IReadOnlyList<HostPort> Ports
)
{
    public static StalePorts None { get; } = new(false, 0, [], []);

    public static async ValueTask<StalePorts> ReadAsync(Tx tx, HostRefreshRow refresh, string cloud)
    {
        var rows = await tx.ListStaleAsync(refresh.HostId, refresh.Done);
        var (networks, ports) = await tx.LowerAsync(rows, cloud);
        return new(true, refresh.Wanted, networks, ports);
    }
}

internal sealed class ReadStalePortsHandler(Cloud cloud) : ITransactionalActivity<ReadStalePorts, StalePorts>
{
    public async ValueTask<StalePorts> RunAsync(Tx tx, ReadStalePorts step) =>
        await tx.FindRefreshAsync(step.Host) is { } refresh
            ? await StalePorts.ReadAsync(tx, refresh, cloud.Id)
            : StalePorts.None;
}
