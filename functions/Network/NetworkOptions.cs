using Pipeline.Network.Types;

namespace Pipeline.Network;

/// <summary>What an operator may set for the network service.</summary>
/// <param name="Mtu">The underlay's MTU; a network's is at most this, less what its segment's type adds to a frame.</param>
/// <param name="AvailabilityZone">The cloud's own zone: of hosts that name none.</param>
public sealed record NetworkOptions(int Mtu = 1500, string AvailabilityZone = "nova")
{
    /// <summary>The domain of guests' names, which hosts serve.</summary>
    public const string Domain = "openstacklocal";

    /// <summary>The type of networks for which no admin names one.</summary>
    public string TenantType { get; init; } = "vxlan";

    /// <summary>Mechanisms by name, in the order in which they are asked whether they can bind a port.</summary>
    public IReadOnlyList<string> MechanismDrivers { get; init; } = ["linux-bridge", "fake"];

    /// <summary>Numbers of tenants' tunnelled networks; an admin may name any of 24 bits.</summary>
    public NumberRange Tunnels { get; init; } = new(1, (1 << 24) - 1);

    /// <summary>Physical networks that carry tags, in the order in which tenants' networks are put on them.</summary>
    public IReadOnlyList<VlanRange> Vlans { get; init; } = [];
}

/// <param name="Tags">Those of tenants' networks; an admin may name any from 1 to 4094.</param>
public sealed record VlanRange(string PhysicalNetwork, NumberRange Tags);
