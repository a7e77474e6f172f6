using Pipeline.Network.Networks;

namespace Pipeline.Network.Trunks;

/// <summary>A port as it is asked into a trunk. Pure.</summary>
/// <param name="Type">`vlan`, or `inherit` for the tag of the port's own network.</param>
/// <param name="Vlan">Null where it is inherited.</param>
internal sealed record NewSubport(PortId Port, string Type, int? Vlan)
{
    private const string Inherit = "inherit";
    private const int Most = 4094; // IEEE 802.1Q: as many tags as there are

    /// <exception cref="Fault">BadRequest in Neutron's words.</exception>
    public static IReadOnlyList<NewSubport> Read(Field list)
    {
        var asked = Objects(list).Select(Of).ToList();
        var twice = asked.Where(a => a.Vlan is not null).GroupBy(a => a.Vlan).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw NeutronFault.InvalidInput($"Segmentation ID '{twice.Key}' for '{twice.Last().Port}' is not unique.");
        CheckUnique(asked.Select(a => a.Port));
        return asked;
    }

    /// <summary>Ports to be taken out: what else is said of them does not matter.</summary>
    public static IReadOnlyList<PortId> ReadIds(Field list)
    {
        var ports = Objects(list).Select(PortOf).ToList();
        CheckUnique(ports);
        return ports;
    }

    /// <summary>Its tag, once its network is known.</summary>
    /// <exception cref="Fault">BadRequest where the network has none.</exception>
    public int VlanIn(NetworkRow network) =>
        Vlan
        ?? (network.NetworkType == SubportRow.Vlan ? network.SegmentationId : null)
        ?? throw NeutronFault.InvalidInput(
            $"Port {Port} cannot inherit a segmentation ID: network {network.Id} is of type '{network.NetworkType}'."
        );

    private static IEnumerable<Fields> Objects(Field list) => list.Array(max: Most).Select(item => item.Object());

    private static NewSubport Of(Fields item)
    {
        var port = PortOf(item);
        var type = item.Nullable("segmentation_type")?.String();
        if (type == Inherit)
            return new(port, type, null);
        if (type is null || item.Nullable("segmentation_id") is not { } id)
            throw NeutronFault.InvalidInput(
                $"Invalid subport details '{port}': missing segmentation information. Must specify both segmentation_id "
                    + "and segmentation_type"
            );
        if (type != SubportRow.Vlan)
            throw NeutronFault.InvalidInput($"Unknown segmentation_type '{type}'");
        var vlan = id.Int(text: true);
        return vlan is >= 1 and <= Most
            ? new(port, type, vlan)
            : throw NeutronFault.InvalidInput($"Segmentation ID '{vlan}' is not in range");
    }

    private static PortId PortOf(Fields item) =>
        item.Nullable("port_id")?.Id<PortId>()
        ?? throw NeutronFault.InvalidInput("A valid port UUID must be specified");

    private static void CheckUnique(IEnumerable<PortId> ports)
    {
        if (ports.GroupBy(p => p).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw NeutronFault.InvalidInput($"Non unique UUID in subports: '{twice.Key}'");
    }
}
