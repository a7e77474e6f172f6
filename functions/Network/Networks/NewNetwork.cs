using Pipeline.Contracts.Drivers;
using Pipeline.Network.AvailabilityZones;
using Pipeline.Network.Qos;
using Pipeline.Network.Types;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

/// <summary>A network as it is asked for, checked and with its defaults.</summary>
internal sealed record NewNetwork(NetworkRow Row, ProviderRequest Provider)
{
    /// <returns>The row, without an id and a segment yet.</returns>
    public static NewNetwork Read(Fields item, Caller caller, SegmentTypes types)
    {
        var provider = ProviderRequest.Read(item);
        var largest = types.Check(provider);
        var row = new NetworkRow
        {
            ProjectId = item.ProjectOf(caller),
            Name = item.Text("name"),
            Description = item.Text("description"),
            AdminStateUp = item.Flag("admin_state_up", true),
            Shared = item.Flag("shared", false),
            External = item.Flag("router:external", false),
            IsDefault = item.Flag("is_default", false),
            DnsDomain = DnsDomains.Read(item, ""),
            Mtu = MtuOf(item, largest, largest),
            PortSecurityEnabled = item.Flag("port_security_enabled", true),
            AvailabilityZoneHints = ZoneHints.Read(item),
            QosPolicyId = QosUse.Read(item, absent: null),
            RevisionNumber = 1,
        };
        CheckDefault(row);
        return new(row, provider);
    }

    public NetworkRow On(Segment segment) =>
        Row with
        {
            NetworkType = segment.Type,
            PhysicalNetwork = segment.PhysicalNetwork,
            SegmentationId = segment.SegmentationId,
        };

    /// <summary>The network after an update: what the body names changes, the rest stays.</summary>
    public static NetworkRow Update(NetworkRow row, Fields item, SegmentTypes types)
    {
        CheckSegment(row, ProviderRequest.Read(item));
        var external = item.Flag("router:external", row.External);
        var after = row with
        {
            Name = item.Text("name", row.Name),
            Description = item.Text("description", row.Description),
            AdminStateUp = item.Flag("admin_state_up", row.AdminStateUp),
            Shared = item.Flag("shared", row.Shared),
            External = external,
            IsDefault = item.Flag("is_default", row.IsDefault && external),
            DnsDomain = DnsDomains.Read(item, row.DnsDomain),
            Mtu = MtuOf(item, row.Mtu, types.MtuOf(row.NetworkType)),
            PortSecurityEnabled = item.Flag("port_security_enabled", row.PortSecurityEnabled),
            QosPolicyId = QosUse.Read(item, row.QosPolicyId),
        };
        CheckDefault(after);
        return after;
    }

    private static void CheckDefault(NetworkRow row)
    {
        if (row.IsDefault && !row.External)
            throw NeutronFault.InvalidInput("Only an external network can be the default one.");
    }

    /// <summary>A segment stays what it is.</summary>
    private static void CheckSegment(NetworkRow row, ProviderRequest asked)
    {
        var same =
            (asked.Type is null || asked.Type == row.NetworkType)
            && (asked.PhysicalNetwork is null || asked.PhysicalNetwork == row.PhysicalNetwork)
            && (asked.SegmentationId is null || asked.SegmentationId == row.SegmentationId);
        if (!same)
            throw NeutronFault.InvalidInput("Only VLAN type networks can be updated.");
    }

    /// <summary>0 asks for the default, as in Neutron.</summary>
    private static int MtuOf(Fields item, int absent, int largest)
    {
        var mtu = item.Optional("mtu")?.Int(min: 0, text: true) ?? absent;
        if (mtu > largest)
            throw NeutronFault.InvalidInput($"Requested MTU is too big, maximum is {largest}.");
        if (item.Has("mtu") && mtu is > 0 and < HostNetwork.SmallestMtu)
            throw NeutronFault.InvalidInput($"Requested MTU is too small, minimum is {HostNetwork.SmallestMtu}.");
        return mtu == 0 ? largest : mtu;
    }
}
