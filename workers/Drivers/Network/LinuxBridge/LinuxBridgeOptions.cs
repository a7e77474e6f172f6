using System.Net;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>What a port offers to its guest: a tap for a virtual machine, one end of a veth pair for a container.</summary>
public enum PortDevice
{
    Tap,
    Veth,
}

/// <param name="Cloud">The cloud's id: it stands on every device, and what carries another one is not touched.</param>
/// <param name="Data">Folder of the driver's ledger; it must outlive a reboot.</param>
public sealed record LinuxBridgeOptions(string Cloud, string Data)
{
    /// <summary>Folder of the DHCP servers' files: every user must be able to pass it, for they run unprivileged.</summary>
    public string Run { get; init; } = "/run/pipeline";

    /// <summary>Domain of the guests' names, as Neutron's default has it.</summary>
    public string Domain { get; init; } = "openstacklocal";

    public PortDevice Device { get; init; } = PortDevice.Tap;

    /// <summary>The namespace (as iproute2 names it) in which guests find their devices; null for the agent's own.</summary>
    public string? HostNamespace { get; init; }

    /// <summary>Tells this host from others on the same machine, in names that they share; null where it is alone.</summary>
    public string? Host { get; init; }

    /// <summary>The IPv4 address under which other hosts reach this one's tunnels; null for a host that is alone.</summary>
    public string? Underlay { get; init; }

    /// <summary>The namespace (as iproute2 names it) through which tunnels leave; null for the one guests find their devices in.</summary>
    public string? UnderlayNamespace { get; init; }

    /// <summary>UDP port of the tunnels; IANA's for VXLAN.</summary>
    public int TunnelPort { get; init; } = 4789;

    /// <summary>Physical networks by name, and the bridge in the guests' namespace that leads into each.</summary>
    public IReadOnlyDictionary<string, string> PhysicalNetworks { get; init; } = new Dictionary<string, string>();

    /// <summary>This host's addresses towards other hosts with their prefix lengths, as `192.0.2.1/24`: guests open nothing there.</summary>
    public IReadOnlyList<string> HostAddresses { get; init; } = [];

    /// <summary>What guests may open all the same, wherever it is: the cloud's APIs.</summary>
    public IReadOnlyList<IPEndPoint> Apis { get; init; } = [];

    internal Spaces Spaces => new(Host);
}
