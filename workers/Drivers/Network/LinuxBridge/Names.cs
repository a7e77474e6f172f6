using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>What things are called. A device's name has 15 characters, so its alias carries the whole ids.</summary>
internal static class Names
{
    public const string GuestPrefix = "plt";

    public static string Bridge(NetworkId id) => "plb" + Short(id.Value);

    /// <summary>The bridge's port to other hosts, in the network's namespace.</summary>
    public static string Uplink(NetworkId id) => "plx" + Short(id.Value);

    /// <summary>The outer end of a pair into a physical network, in the host's namespace.</summary>
    /// <param name="host">Tells hosts apart that share a namespace, and with it the bridge; null for one that is alone.</param>
    public static string Physical(NetworkId id, string? host) =>
        "plp"
        + (
            host is null
                ? Short(id.Value)
                : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{host} {id}")))[..11]
        );

    /// <summary>The device a guest attaches to, in the host's namespace.</summary>
    public static string Guest(PortId id) => GuestPrefix + Short(id.Value);

    /// <summary>The host's end of the pair that leads a tap's frames into the network's namespace.</summary>
    public static string Leg(PortId id) => "plw" + Short(id.Value);

    /// <summary>The bridge's port, in the network's namespace.</summary>
    public static string Port(PortId id) => "plv" + Short(id.Value);

    /// <summary>The device in which waits what a limited guest sends, in the network's namespace.</summary>
    public static string Limit(PortId id) => "plf" + Short(id.Value);

    /// <summary>Distinguishes a port's chains within its network.</summary>
    public static string Short(Guid id) => id.ToString("N")[..11];

    public static string NetworkAlias(string cloud, NetworkId id) => $"pipeline:{cloud}:network:{id}";

    public static string PortAlias(string cloud, NetworkId network, PortId id) =>
        $"pipeline:{cloud}:port:{network}:{id}";

    /// <summary>Of the outer end of a port that its guest has by a tag.</summary>
    public static string TagAlias(string cloud, NetworkId network, PortId id, HostTag tag) =>
        string.Create(null, $"{PortAlias(cloud, network, id)}:{tag.Parent}:{tag.Vlan}");

    /// <summary>Reads a port's alias; false for another cloud's devices and for what is not ours at all.</summary>
    public static bool TryReadPort(string cloud, string? alias, out NetworkId network, out PortId id)
    {
        network = default;
        id = default;
        var head = $"pipeline:{cloud}:port:";
        return alias?.StartsWith(head, StringComparison.Ordinal) is true
            && alias[head.Length..].Split(':') is { Length: 2 or 4 } parts
            && NetworkId.TryParse(parts[0], out network)
            && PortId.TryParse(parts[1], out id);
    }

    /// <summary>Reads how a guest has a port from its outer end's alias; false for one that has a device of its own.</summary>
    public static bool TryReadTag(string cloud, string? alias, out PortId id, [NotNullWhen(true)] out HostTag? tag)
    {
        tag = null;
        if (!TryReadPort(cloud, alias, out _, out id) || alias!.Split(':') is not [.., var parent, var vlan])
            return false;
        if (PortId.TryParse(parent, out var owner) && int.TryParse(vlan, CultureInfo.InvariantCulture, out var number))
            tag = new(owner, number);
        return tag is not null;
    }

    /// <summary>A bridge's own address, fixed: by default it is the lowest of its ports' and changes under the guests.</summary>
    public static string BridgeMac(NetworkId id)
    {
        var bytes = id.Value.ToByteArray();
        return string.Create(null, $"02:{bytes[11]:x2}:{bytes[12]:x2}:{bytes[13]:x2}:{bytes[14]:x2}:{bytes[15]:x2}");
    }
}
