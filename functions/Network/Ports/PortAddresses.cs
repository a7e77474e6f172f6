using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Ports;

/// <summary>Gives a port the addresses it asks for, and those that its guest will make itself.</summary>
internal static class PortAddresses
{
    /// <param name="asked">Null asks for one address of each family; none at all is asked for by an empty list.</param>
    /// <exception cref="Fault">
    /// Conflict when an address is taken or none is left; BadRequest when it does not belong to the network.
    /// </exception>
    public static async ValueTask GiveAsync(this Tx tx, NetworkRow network, PortRow port, IReadOnlyList<FixedIp>? asked)
    {
        if (asked is { Count: 0 })
            return;
        var subnets = ServiceSubnets.For(port.DeviceOwner, await tx.ListSubnetsAsync([network.Id]));
        var given = 0;
        if (asked is null)
            given = await tx.GiveAnyAsync(SelfAddressed.Others(port.DeviceOwner, subnets), port.Id);
        else
        {
            var wanted = await tx.MatchAsync(network, subnets, new(port, [], [], []), asked);
            await tx.GiveEachAsync(wanted, port.Id);
            given = asked.Count;
        }
        foreach (var subnet in SelfAddressed.SubnetsOf(port.DeviceOwner, subnets))
            await tx.GiveOwnAsync(subnet, port, given++);
    }

    /// <summary>Changes a port's addresses to those asked for; what it has already and still wants, it keeps.</summary>
    /// <param name="port">As it was.</param>
    /// <param name="mac">That it has from now on.</param>
    /// <returns>True when something changed.</returns>
    public static async ValueTask<bool> ChangeAsync(
        this Tx tx,
        NetworkRow network,
        PortItem port,
        IReadOnlyList<FixedIp> asked,
        string mac
    )
    {
        var subnets = await tx.ListSubnetsAsync([network.Id]);
        var wanted = await tx.MatchAsync(network, subnets, port, asked);
        if (wanted.Any(w => port.Addresses.All(a => a.SubnetId != w.Subnet.Id)))
            await tx.MatchAsync(network, ServiceSubnets.For(port.Row.DeviceOwner, subnets), port, asked);
        var kept = AddressMatch.Keep(port.Addresses, wanted);
        var own = asked.Count == 0 ? [] : SelfAddressed.SubnetsOf(port.Row.DeviceOwner, subnets);
        var made = port.Addresses.Where(a => own.Any(s => s.Id == a.SubnetId)).ToList();
        var dropped = port.Addresses.Except(kept.Values).Except(made).ToList();
        foreach (var old in dropped)
            await tx.GiveBackAsync(old);
        foreach (var (position, old) in kept)
            await tx.MoveAllocationAsync(old, position);
        var missing = wanted.Where(w => !kept.ContainsKey(w.Position)).ToList();
        await tx.GiveEachAsync(missing, port.Row.Id);
        var next = asked.Count;
        foreach (var old in made)
            await tx.MoveAllocationAsync(old, next++);
        var unmade = own.Where(s => made.All(a => a.SubnetId != s.Id))
            .Intersect(ServiceSubnets.Open(port.Row.DeviceOwner, subnets))
            .ToList();
        foreach (var subnet in unmade)
            await tx.GiveOwnAsync(subnet, port.Row with { MacAddress = mac }, next++);
        return dropped.Count + missing.Count + unmade.Count > 0;
    }

    /// <summary>A port's guest makes other addresses of another MAC.</summary>
    /// <returns>True when it has any.</returns>
    public static async ValueTask<bool> FollowMacAsync(this Tx tx, PortRow before, PortRow after)
    {
        var subnets = (await tx.ListSubnetsAsync([after.NetworkId])).Where(s => s.IsAuto).ToDictionary(s => s.Id);
        if (subnets.Count == 0)
            return false;
        var moved = false;
        foreach (var old in await tx.ListAllocationsAsync([after.Id.ToString()]))
            if (
                subnets.TryGetValue(old.SubnetId, out var subnet)
                && old.Given == SelfAddressed.AddressOf(subnet.Prefix, before.MacAddress)
            )
            {
                await tx.GiveBackAsync(old);
                await tx.GiveOwnAsync(subnet, after, old.Position);
                moved = true;
            }
        return moved;
    }

    /// <summary>The address that the port's guest makes itself.</summary>
    public static async ValueTask GiveOwnAsync(this Tx tx, SubnetRow subnet, PortRow port, int position)
    {
        var address = SelfAddressed.AddressOf(subnet.Prefix, port.MacAddress);
        if (!await tx.TryTakeAsync(Place(subnet, port.Id, position), address))
            throw NeutronFault.AddressTaken(address.ToString(), subnet.Id);
    }

    /// <returns>How many it gave: one for each family.</returns>
    private static async ValueTask<int> GiveAnyAsync(
        this Tx tx,
        IReadOnlyList<IReadOnlyList<SubnetRow>> families,
        PortId port
    )
    {
        for (var position = 0; position < families.Count; position++)
            if (!await tx.TryGiveAnyAsync(families[position], port, position))
                throw NeutronFault.NoAddressLeft(families[position][0].NetworkId);
        return families.Count;
    }

    private static async ValueTask<bool> TryGiveAnyAsync(
        this Tx tx,
        IReadOnlyList<SubnetRow> family,
        PortId port,
        int position
    )
    {
        foreach (var subnet in family)
            if (await tx.TryTakeNextAsync(Place(subnet, port, position)))
                return true;
        return false;
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
        PortItem port,
        IReadOnlyList<FixedIp> asked
    )
    {
        foreach (var foreign in asked.Where(a => a.Subnet is not null && subnets.All(s => s.Id != a.Subnet)))
            if (await tx.FindSubnetAsync(foreign.Subnet!.Value) is null)
                throw NeutronFault.SubnetNotFound(foreign.Subnet);
        return AddressMatch.Match(network.Id, subnets, port, asked);
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
