using Pipeline.Network.Ipam;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Ports;

/// <param name="Address">Null for the subnet's next free one.</param>
/// <param name="Position">The place among the port's addresses.</param>
internal sealed record WantedAddress(SubnetRow Subnet, IpAddress? Address, int Position);

/// <summary>Which subnet each asked address belongs to, and which of a port's addresses it keeps. Pure.</summary>
internal static class AddressMatch
{
    /// <exception cref="Fault">BadRequest when an address or subnet is not the network's.</exception>
    public static IReadOnlyList<WantedAddress> Match(
        NetworkId network,
        IReadOnlyList<SubnetRow> subnets,
        IReadOnlyList<FixedIp> asked
    ) =>
        [
            .. asked.Select(
                (item, position) => new WantedAddress(SubnetOf(network, subnets, item), item.Address, position)
            ),
        ];

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

    private static SubnetRow SubnetOf(NetworkId network, IReadOnlyList<SubnetRow> subnets, FixedIp item)
    {
        if (item.Subnet is not { } id)
            return subnets.FirstOrDefault(s => s.Prefix.IsUsable(item.Address!.Value))
                ?? throw NeutronFault.Bad(
                    "InvalidIpForNetwork",
                    $"IP address {item.Address} is not a valid IP for any of the subnets on the specified network."
                );
        var subnet =
            subnets.FirstOrDefault(s => s.Id == id)
            ?? throw NeutronFault.InvalidInput(
                $"Failed to create port on network {network}, because fixed_ips included invalid subnet {id}."
            );
        return item.Address is not { } address || subnet.Prefix.IsUsable(address)
            ? subnet
            : throw NeutronFault.Bad(
                "InvalidIpForSubnet",
                $"IP address {address} is not a valid IP for the specified subnet."
            );
    }
}
