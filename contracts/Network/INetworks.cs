using Pipeline.Contracts.Drivers;
using Pipeline.Data;

namespace Pipeline.Contracts.Network;

/// <summary>Query interface of the network service.</summary>
public interface INetworks
{
    /// <summary>The network if the project may see it (its own, shared, external); null otherwise.</summary>
    ValueTask<NetworkFacts?> FindAsync(Tx tx, ProjectId viewer, NetworkId id);

    /// <summary>Networks the project owns, for a server that names none.</summary>
    ValueTask<IReadOnlyList<NetworkFacts>> ListOwnAsync(Tx tx, ProjectId project);

    /// <summary>A port the project owns; null otherwise.</summary>
    ValueTask<PortFacts?> FindPortAsync(Tx tx, ProjectId project, PortId id);

    /// <summary>
    /// A security group of the project by id or by name; null when there is none. A project's `default` group is made when it
    /// is asked for first, so the transaction must be one that writes.
    /// </summary>
    /// <exception cref="Fault">Conflict when the name fits several.</exception>
    ValueTask<SecurityGroupId?> FindSecurityGroupAsync(Tx tx, ProjectId project, string nameOrId);

    /// <summary>All that a server's host may have of networks for it: its ports, and what its trunks have or had.</summary>
    ValueTask<IReadOnlyList<HeldPort>> ListHeldPortsAsync(Tx tx, ServerId server);

    /// <summary>
    /// The addresses and group names of many servers in one query, ports in the order they were attached; without those of
    /// trunks, which Nova does not know either.
    /// </summary>
    ValueTask<IReadOnlyDictionary<ServerId, IReadOnlyList<ServerPort>>> ListServerPortsAsync(
        Tx tx,
        IReadOnlyCollection<ServerId> servers
    );
}

public sealed record NetworkFacts(NetworkId Id, string Name, bool HasSubnets, bool AdminUp);

/// <param name="Device">The server it is attached to; empty when free.</param>
public sealed record PortFacts(PortId Id, NetworkId Network, string Device);

/// <summary>One port of a server as the compute API shows it.</summary>
public sealed record ServerPort(
    PortId Id,
    NetworkId Network,
    string NetworkName,
    string Mac,
    IReadOnlyList<HostAddress> Addresses,
    IReadOnlyList<string> SecurityGroups,
    string Status
);
