using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Mechanisms;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Qos;
using Pipeline.Network.Quotas;
using Pipeline.Network.Rbac;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Trunks;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Activities;

/// <summary>
/// Gives a server its ports on a host: makes those that are missing and binds all, in the order asked for. What the host
/// is to plug is the result, read after all of it.
/// </summary>
internal sealed class BindPortsHandler(
    PortBook ports,
    HostRefreshes refreshes,
    MechanismDrivers mechanisms,
    Cloud cloud
) : ITransactionalActivity<BindPorts, BoundPorts>
{
    public async ValueTask<BoundPorts> RunAsync(Tx tx, BindPorts step)
    {
        var made = step.Nics.Count(n => n.Port is null);
        if (made > 0)
            await tx.ClaimAsync(step.Project, Quota.Port, made);
        var there = await ExistingAsync(tx, step);
        var networks = await LockAsync(tx, step, there);
        await HoldGroupsAsync(tx, step, there);
        var rows = new List<PortRow>();
        foreach (var nic in step.Nics)
            rows.Add(
                nic.Port is { } existing
                    ? await FindFreeAsync(tx, step, existing)
                    : await MakeAsync(tx, step, networks[nic.Network!.Value], nic)
            );
        // What has come to a trunk on a network that is not held comes when the server runs.
        var tagged = await tx.ListSubportsOfAsync(Named(step));
        rows.AddRange(tagged.Where(s => s.HostId is null && networks.ContainsKey(s.NetworkId)));
        var attachment = (await tx.ListServerPortsAsync(step.ServerId))
            .Select(p => p.Attachment)
            .DefaultIfEmpty()
            .Max();
        List<NetworkId> arriving = [];
        foreach (var network in rows.Select(r => r.NetworkId).Distinct())
            if (!await tx.IsPlacedAsync(network, step.Host))
                arriving.Add(network);
        var host = await tx.FindNetworkHostAsync(step.Host) ?? new();
        for (var i = 0; i < rows.Count; i++)
        {
            var bound = mechanisms.Bound(rows[i], networks[rows[i].NetworkId], host);
            rows[i] = bound.TrunkId is null ? Bound(bound, step, attachment + 1 + i) : Subports.Bound(bound, rows[0]);
            await tx.BindAsync(rows[i]);
        }
        foreach (var network in arriving)
            await refreshes.PlacesChangedAsync(tx, network, step.Host);
        foreach (var network in rows.GroupBy(r => r.NetworkId, r => r.Id).OrderBy(n => n.Key.Value))
            await refreshes.NamesChangedAsync(tx, network.Key, [.. network], but: step.Host);
        var (hostNetworks, hostPorts) = await tx.LowerAsync(rows, cloud.Id, step.Host);
        return new(hostNetworks, hostPorts);
    }

    /// <summary>Ports that are there before, those that these have by trunks included.</summary>
    private static async ValueTask<IReadOnlyList<string>> ExistingAsync(Tx tx, BindPorts step)
    {
        var tagged = await tx.ListSubportsOfAsync(Named(step));
        return [.. Named(step).Concat(tagged.Select(s => s.Id)).Select(p => p.ToString())];
    }

    private static IEnumerable<PortId> Named(BindPorts step) => step.Nics.Select(n => n.Port).OfType<PortId>();

    /// <summary>The networks of all ports, and what limits these, taken in one order so that two builds never wait for each other.</summary>
    private static async ValueTask<Dictionary<NetworkId, NetworkRow>> LockAsync(
        Tx tx,
        BindPorts step,
        IReadOnlyList<string> existing
    )
    {
        var asked = step.Nics.Where(n => n.Port is null).Select(n => n.Network!.Value).ToHashSet();
        var others = await tx.InChunksAsync<NetworkId>("SELECT network_id FROM ports WHERE id IN @ids", existing);
        var networks = new Dictionary<NetworkId, NetworkRow>();
        foreach (var id in asked.Union(others).OrderBy(n => n.Value))
        {
            var network = await tx.LockNetworkAsync(id);
            var visible =
                network is not null
                && (network.ProjectId == step.Project || await tx.IsSeenAsync(step.Project, id.ToString()));
            if (asked.Contains(id) && !visible)
                throw NeutronFault.NetworkNotFound(id);
            if (network is not null)
                networks.Add(id, network);
        }
        var named = await tx.InChunksAsync<QosPolicyId>(
            "SELECT qos_policy_id FROM ports WHERE id IN @ids AND qos_policy_id IS NOT NULL",
            existing
        );
        await tx.HoldQosPoliciesAsync(networks.Values.Select(n => n.QosPolicyId).Concat(named.Cast<QosPolicyId?>()));
        return networks;
    }

    /// <summary>The groups that the ports have, or will: those named, else the project's default one.</summary>
    private static async ValueTask HoldGroupsAsync(Tx tx, BindPorts step, IReadOnlyList<string> existing)
    {
        var groups = (await tx.ListGroupsAsync(existing)).Select(g => g.SecurityGroupId).Concat(step.SecurityGroups);
        if (await tx.FindDefaultGroupAsync(step.Project) is { } usual)
            groups = groups.Append(usual.Id);
        await tx.HoldGroupsAsync(groups);
    }

    private static async ValueTask<PortRow> FindFreeAsync(Tx tx, BindPorts step, PortId id)
    {
        if (await tx.FindPortAsync(id) is not { } port || port.ProjectId != step.Project)
            throw NeutronFault.PortNotFound(id);
        var free = port.ServerId is null && (port.DeviceId.Length == 0 || port.DeviceId == step.ServerId.ToString());
        return free ? port : throw Fault.Conflict($"Port {id} is still in use.", "PortInUse");
    }

    private async ValueTask<PortRow> MakeAsync(Tx tx, BindPorts step, NetworkRow network, NicRequest nic)
    {
        IpAddress? address = null;
        if (nic.FixedIp is { } text)
            address = IpAddress.TryParse(text, out var parsed)
                ? parsed
                : throw Fault.BadRequest($"'{text}' is no address.");
        var order = new NewPort(
            new()
            {
                NetworkId = network.Id,
                ProjectId = step.Project,
                AdminStateUp = true,
                DeviceOwner = PortRow.Compute,
                MadeForServer = true,
            }
        )
        {
            FixedIps = address is null ? null : [new FixedIp(null, address)],
            Groups = step.SecurityGroups.Count > 0 && network.PortSecurityEnabled ? step.SecurityGroups : null,
        };
        return await ports.AddAsync(tx, network, order);
    }

    private static PortRow Bound(PortRow port, BindPorts step, int attachment) =>
        port with
        {
            Status = PortRow.Build,
            DeviceId = step.ServerId.ToString(),
            DeviceOwner = PortRow.Compute,
            BindingHost = step.HostName,
            ServerId = step.ServerId,
            HostId = step.Host,
            GuestName = step.ServerName,
            Attachment = attachment,
        };
}
