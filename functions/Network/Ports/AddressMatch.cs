using Pipeline.Network.Ipam;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Ports;

/// <param name="Address">Null for the subnet's next free one.</param>
/// <param name="Position">The place among the port's addresses.</param>
internal sealed record WantedAddress(SubnetRow Subnet, IpAddress? Address, int Position);

/// <summary>Which subnet each asked address belongs to, and which of a port's addresses it keeps. Pure.</summary>
internal static class AddressMatch
{
    /// <summary>What it asks for in subnets where its guest makes its own address, it has anyway: that is left out.</summary>
    /// <param name="port">With what it has already.</param>
    /// <exception cref="Fault">BadRequest when an address or subnet is not the network's, or not to be chosen.</exception>
    public static IReadOnlyList<WantedAddress> Match(
        NetworkId network,
        IReadOnlyList<SubnetRow> subnets,
        PortItem port,
        IReadOnlyList<FixedIp> asked
    )
    {
        var wanted = asked.Select(
            (item, at) => new WantedAddress(SubnetOf(network, subnets, port.Row, item), item.Address, at)
        );
        if (!SelfAddressed.Is(port.Row.DeviceOwner))
            return [.. wanted];
        var own = wanted.ToLookup(w => w.Subnet.IsAuto);
        foreach (var (subnet, address, _) in own[true])
            if (address is { } chosen && port.Addresses.All(a => a.Given != chosen))
                throw NeutronFault.Bad(
                    "AllocationOnAutoAddressSubnet",
                    $"IPv6 address {chosen} can not be directly assigned to a port on subnet {subnet.Id} as the subnet is "
                        + "configured for automatic addresses"
                );
        return [.. own[false]];
    }

    /// <summary>The port's addresses that answer wanted ones, by the wanted one's place: certain ones first.</summary>
    public static IReadOnlyDictionary<int, AllocationRow> Keep(
        IReadOnlyList<AllocationRow> has,
        IReadOnlyList<WantedAddress> wanted
    )
    {
        var free = has.ToList();
        var kept = new SortedDictionary<int, AllocationRow>();
        foreach (var want in wanted.OrderBy(w => w.Address is null))
        {
            var fits = free.Find(a =>
                a.SubnetId == want.Subnet.Id && (want.Address is null || a.Given == want.Address)
            );
            if (fits is null)
                continue;
            free.Remove(fits);
            kept.Add(want.Position, fits);
        }
        return kept;
    }

    private static SubnetRow SubnetOf(NetworkId network, IReadOnlyList<SubnetRow> subnets, PortRow port, FixedIp item)
    {
        if (item.Subnet is not { } id)
            return subnets.FirstOrDefault(s => IsUsable(s, port, item.Address!.Value))
                ?? throw NeutronFault.Bad(
                    "InvalidIpForNetwork",
                    $"IP address {item.Address} is not a valid IP for any of the subnets on the specified network."
                );
        var subnet =
            subnets.FirstOrDefault(s => s.Id == id)
            ?? throw NeutronFault.InvalidInput(
                $"Failed to create port on network {network}, because fixed_ips included invalid subnet {id}."
            );
        return item.Address is not { } address || IsUsable(subnet, port, address)
            ? subnet
            : throw NeutronFault.Bad(
                "InvalidIpForSubnet",
                $"IP address {address} is not a valid IP for the specified subnet."
            );
    }

    /// <summary>The first address of an IPv6 subnet is that of all its routers (RFC 4291), so one of them may have it.</summary>
    private static bool IsUsable(SubnetRow subnet, PortRow port, IpAddress address) =>
        subnet.Prefix.IsUsable(address)
        || subnet.IpVersion == 6 && port.DeviceOwner == PortRow.RouterInterface && address == subnet.Prefix.First;
}
