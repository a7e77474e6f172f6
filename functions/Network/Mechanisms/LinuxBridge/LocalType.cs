using Pipeline.Contracts.Drivers;
using Pipeline.Network.Networks;

namespace Pipeline.Network.Mechanisms.LinuxBridge;

/// <summary>
/// The type driver of bridges on one host, as ML2 means it: validates what a provider network asks for, and reserves a
/// segment in the accepting transaction. A local network needs no number, so reserving is choosing.
/// </summary>
internal static class LocalType
{
    public const string Name = "local";

    /// <param name="asked">The provider attributes of a request; all null for a tenant's network.</param>
    /// <exception cref="Fault">BadRequest when this cloud has no such segment.</exception>
    public static Segment Reserve(ProviderRequest asked)
    {
        if (asked.Type is null && (asked.PhysicalNetwork is not null || asked.SegmentationId is not null))
            throw NeutronFault.InvalidInput("network_type required.");
        if (asked.Type is not null and not Name)
            throw NeutronFault.InvalidInput($"network_type value '{asked.Type}' not supported.");
        if (asked.PhysicalNetwork is not null)
            throw NeutronFault.InvalidInput("physical_network prohibited for local provider network.");
        if (asked.SegmentationId is not null)
            throw NeutronFault.InvalidInput("segmentation_id prohibited for local provider network.");
        return new(Name, null, null);
    }

    /// <summary>A segment stays what it is.</summary>
    /// <exception cref="Fault">BadRequest when an update names another one.</exception>
    public static void CheckUpdate(ProviderRequest asked)
    {
        if (asked is not { Type: null or Name, PhysicalNetwork: null, SegmentationId: null })
            throw NeutronFault.InvalidInput("Only VLAN type networks can be updated.");
    }

    /// <summary>The segment as a host's driver is told it.</summary>
    public static HostNetwork Lower(NetworkRow network, string cloud, IReadOnlyList<HostSubnet> subnets) =>
        new(network.Id, cloud, network.NetworkType, network.SegmentationId ?? 0, network.Mtu, subnets);
}

/// <summary>What an admin asked of a network's segment.</summary>
internal sealed record ProviderRequest(string? Type, string? PhysicalNetwork, int? SegmentationId);

internal sealed record Segment(string Type, string? PhysicalNetwork, int? SegmentationId);
