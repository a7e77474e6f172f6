using System.Text;
using System.Text.Json.Serialization;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.Metadata;

/// <summary>All that a guest is told about itself, by the metadata service and by its config drive.</summary>
/// <param name="Seed">Random bytes for the guest's entropy pool.</param>
internal sealed record ServerMetadata(
    ServerId Id,
    ProjectId Project,
    string Name,
    string HostName,
    string AvailabilityZone,
    IReadOnlyDictionary<string, string> Meta,
    IReadOnlyList<GuestKey> Keys,
    IReadOnlyList<MetadataNic> Nics,
    byte[] Seed,
    // Left out when null: written as null, bytes would come back as none.
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? UserData,
    string? AdminPassword
)
{
    /// <summary>What the operator tells all guests, a JSON object; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? VendorData { get; init; }

    /// <summary>The order as the guest may see it, its two secrets opened.</summary>
    public static ServerMetadata Of(GuestOrder order, byte[] seed, byte[]? userData, byte[]? adminPassword) =>
        new(
            order.Id,
            order.Project,
            order.Name,
            order.HostName,
            order.AvailabilityZone,
            order.Metadata,
            order.Keys,
            [.. order.Ports.Select(port => MetadataNic.Of(port, order.Networks))],
            seed,
            userData,
            adminPassword is null ? null : Encoding.UTF8.GetString(adminPassword)
        );
}

/// <summary>One interface of the guest with its addresses, each beside the subnet it is of.</summary>
internal sealed record MetadataNic(
    PortId Port,
    NetworkId Network,
    string Mac,
    int Mtu,
    IReadOnlyList<MetadataAddress> Addresses
)
{
    /// <summary>The interface by which it has this one, and the tag there; null for one of its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HostTag? Tag { get; init; }

    public static MetadataNic Of(HostPort port, IReadOnlyList<HostNetwork> networks)
    {
        var subnets = networks.Where(network => network.Id == port.Network).SelectMany(network => network.Subnets);
        var addresses =
            from address in port.Addresses
            join subnet in subnets on address.Subnet equals subnet.Id
            select new MetadataAddress(address.Address, subnet);
        return new(port.Id, port.Network, port.Mac, port.Mtu, [.. addresses]) { Tag = port.Tag };
    }
}

internal sealed record MetadataAddress(string Address, HostSubnet Subnet);
