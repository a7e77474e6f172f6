using Pipeline.Network.Ports;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

/// <summary>Subnets that serve some device owners alone. Pure.</summary>
internal static class ServiceSubnets
{
    private static readonly string[] Owners = ["network:", "compute:", "baremetal:"];

    /// <summary>Separated by commas.</summary>
    /// <exception cref="Fault">BadRequest for what is no device owner.</exception>
    public static string Read(Fields item, string absent)
    {
        if (item.Optional("service_types") is not { } field)
            return absent;
        var types = (field.IsNull ? [] : field.Array(max: 20)).Select(f => f.String(1, 255)).ToList();
        var wrong = types.Find(t => t.Contains(',') || !Owners.Any(o => t.StartsWith(o, StringComparison.Ordinal)));
        return wrong is null
            ? string.Join(',', types.Distinct())
            : throw NeutronFault.Bad(
                "InvalidSubnetServiceType",
                $"Subnet service type {wrong} does not correspond to a valid device owner."
            );
    }

    /// <summary>
    /// The subnets from which a port may have addresses: those for its owner, else those for all. DHCP servers have one in
    /// each that they serve.
    /// </summary>
    /// <exception cref="Fault">Conflict when the network has subnets, but none for it.</exception>
    public static IReadOnlyList<SubnetRow> For(string deviceOwner, IReadOnlyList<SubnetRow> subnets)
    {
        var open = Open(deviceOwner, subnets);
        return open.Count > 0 || subnets.Count == 0
            ? open
            : throw Fault.Conflict(
                $"No valid service subnet for the given device owner, network {subnets[0].NetworkId}, service type "
                    + $"{deviceOwner}.",
                "IpAddressGenerationFailureNoMatchingSubnet"
            );
    }

    /// <summary>The same, also where there are none.</summary>
    public static IReadOnlyList<SubnetRow> Open(string deviceOwner, IReadOnlyList<SubnetRow> subnets)
    {
        if (deviceOwner == PortRow.Dhcp || subnets.All(s => s.ServiceTypes.Length == 0))
            return subnets;
        var own = subnets.Where(s => s.Services.Contains(deviceOwner)).ToList();
        return own.Count > 0 ? own : [.. subnets.Where(s => s.ServiceTypes.Length == 0)];
    }
}
