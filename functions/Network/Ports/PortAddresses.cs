using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Ports;

/// <summary>Gives a port the addresses it asks for.</summary>
internal static class PortAddresses
{
    /// <param name="asked">Null asks for one address of any subnet.</param>
    /// <exception cref="Fault">
    /// Conflict when an address is taken or none is left; BadRequest when it does not belong to the network.
    /// </exception>
    public static async ValueTask GiveAsync(this Tx tx, NetworkRow network, PortRow port, IReadOnlyList<FixedIp>? asked)
    {
        if (asked is { Count: 0 })
            return;
        var subnets = ServiceSubnets.For(port.DeviceOwner, await tx.ListSubnetsAsync([network.Id]));
        if (asked is null)
            await tx.GiveAnyAsync(subnets, port.Id);
        else
            await tx.GiveEachAsync(await tx.MatchAsync(network, subnets, asked), port.Id);
    }

    /// <summary>Changes a port's addresses to those asked for; what it has already and still wants, it keeps.</summary>
    /// <returns>True when something changed.</returns>
    public static async ValueTask<bool> ChangeAsync(
        this Tx tx,
        NetworkRow network,
        PortItem port,
        IReadOnlyList<FixedIp> asked
    )
    {
        var subnets = await tx.ListSubnetsAsync([network.Id]);
        var wanted = await tx.MatchAsync(network, subnets, asked);
        if (wanted.Any(w => port.Addresses.All(a => a.SubnetId != w.Subnet.Id)))
            await tx.MatchAsync(network, ServiceSubnets.For(port.Row.DeviceOwner, subnets), asked);
        var kept = AddressMatch.Keep(port.Addresses, wanted);
        var dropped = port.Addresses.Except(kept.Values).ToList();
        foreach (var old in dropped)
            await tx.GiveBackAsync(old);
        foreach (var (position, old) in kept)
            await tx.MoveAllocationAsync(old, position);
        var missing = wanted.Where(w => !kept.ContainsKey(w.Position)).ToList();
        await tx.GiveEachAsync(missing, port.Row.Id);
        return dropped.Count + missing.Count > 0;
    }

    private static async ValueTask GiveAnyAsync(this Tx tx, IReadOnlyList<SubnetRow> subnets, PortId port)
    {
        foreach (var subnet in subnets)
            if (await tx.TryTakeNextAsync(Place(subnet, port, 0)))
                return;
        if (subnets.Count > 0)
            throw NeutronFault.NoAddressLeft(subnets[0].NetworkId);
    }

    /// <summary>The certain ones first, so that none of them is given to another item of the same port.</summary>
    private static async ValueTask GiveEachAsync(this Tx tx, IReadOnlyList<WantedAddress> wanted, PortId port)
    {
        foreach (var (subnet, address, position) in wanted.OrderBy(w => w.Address is null))
        {
            var place = Place(subnet, port, position);
            if (address is null && !await tx.TryTakeNextAsync(place))
                throw NeutronFault.NoAddressLeft(subnet.NetworkId);
            if (address is { } certain && !await tx.TryTakeAsync(place, certain))
                throw NeutronFault.AddressTaken(certain.ToString(), subnet.Id);
        }
    }

    private static async ValueTask<IReadOnlyList<WantedAddress>> MatchAsync(
        this Tx tx,
        NetworkRow network,
        IReadOnlyList<SubnetRow> subnets,
        IReadOnlyList<FixedIp> asked
    )
    {
        foreach (var foreign in asked.Where(a => a.Subnet is not null && subnets.All(s => s.Id != a.Subnet)))
            if (await tx.FindSubnetAsync(foreign.Subnet!.Value) is null)
                throw NeutronFault.SubnetNotFound(foreign.Subnet);
        return AddressMatch.Match(network.Id, subnets, asked);
    }

    private static AllocationRow Place(SubnetRow subnet, PortId port, int position) =>
        new()
        {
            NetworkId = subnet.NetworkId,
            SubnetId = subnet.Id,
            PortId = port,
            Position = position,
        };
}
