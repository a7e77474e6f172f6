using Pipeline.Data;

namespace Pipeline.Network.Types.Vlan;

/// <summary>A tag on a physical network (802.1Q). Tenants' networks get theirs from the ranges that an operator named.</summary>
internal sealed class VlanType(NetworkOptions options) : ISegmentType
{
    private const int Last = 4094;

    public string Name => "vlan";

    /// <summary>A tag does not count against the MTU.</summary>
    public int Overhead => 0;

    public void Check(ProviderRequest asked)
    {
        if (asked.PhysicalNetwork is null && asked.SegmentationId is not null)
            throw NeutronFault.InvalidInput("segmentation_id requires physical_network for VLAN provider network.");
        if (asked.PhysicalNetwork is { } physical && options.Vlans.All(v => v.PhysicalNetwork != physical))
            throw NeutronFault.InvalidInput($"physical_network '{physical}' unknown for VLAN provider network.");
        if (asked.SegmentationId is < 1 or > Last)
            throw NeutronFault.InvalidInput($"segmentation_id out of range (1 through {Last}).");
    }

    public async ValueTask<Segment> ReserveAsync(Tx tx, ProviderRequest asked)
    {
        if (asked is { PhysicalNetwork: { } physical, SegmentationId: { } wanted })
        {
            await tx.TakeCursorAsync(Name, physical);
            return await tx.HasSegmentAsync(Name, physical, wanted)
                ? throw Taken(physical, wanted)
                : new(Name, physical, wanted);
        }
        foreach (
            var vlans in options.Vlans.Where(v => v.PhysicalNetwork == (asked.PhysicalNetwork ?? v.PhysicalNetwork))
        )
            if (await vlans.Tags.NextAsync(tx, Name, vlans.PhysicalNetwork) is { } free)
                return new(Name, vlans.PhysicalNetwork, free);
        throw NeutronFault.NoSegmentLeft();
    }

    private static Fault Taken(string physical, int tag) =>
        Fault.Conflict(
            $"Unable to create the network. The VLAN {tag} on physical network {physical} is in use.",
            "VlanIdInUse"
        );
}
