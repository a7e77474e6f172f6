using System.Text.Json.Serialization;
using Pipeline.Compute.Passwords;
using Pipeline.Compute.Servers;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Activities;

/// <summary>What a server has on a host, as a delete finds it.</summary>
internal sealed record FindHoldings(ServerId ServerId) : IActivity<ServerHoldings>;

internal sealed record ServerHoldings(HostId? Host, IReadOnlyList<PortId> Ports, IReadOnlyList<NetworkId> Networks)
{
    /// <summary>Null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? HasVolumes { get; init; }
}

internal sealed class FindHoldingsHandler(INetworks networks) : ITransactionalActivity<FindHoldings, ServerHoldings>
{
    public async ValueTask<ServerHoldings> RunAsync(Tx tx, FindHoldings step)
    {
        var ports = await networks.ListHeldPortsAsync(tx, step.ServerId);
        var server = await tx.FindServerAsync(step.ServerId);
        return new(server?.HostId, [.. ports.Select(p => p.Id)], [.. ports.Select(p => p.Network).Distinct()])
        {
            HasVolumes = (await tx.ListHeldVolumesAsync(step.ServerId)).Count > 0 ? true : null,
        };
    }
}

/// <summary>The end of a server: its usage, its secrets, its record. Audit and histories stay.</summary>
internal sealed record RemoveServer(ServerId ServerId) : IActivity<Done>;

internal sealed class RemoveServerHandler : ITransactionalActivity<RemoveServer, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, RemoveServer step)
    {
        if (await tx.FindServerAsync(step.ServerId) is { } server)
        {
            await tx.ReleaseUsageAsync(server.ProjectId, Quotas.ComputeQuota.Of(server.Spec));
            await tx.DeleteSecretsAsync(Server.ResourceOf(server.Id));
            await tx.DeletePasswordAsync(server.Id);
            await tx.DeleteServerAsync(server.Id);
            await tx.RecordRemovalAsync(Removals.Server, server.Id.ToString());
        }
        return Done.Instance;
    }
}
