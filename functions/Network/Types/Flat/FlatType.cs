using Pipeline.Data;

namespace Pipeline.Network.Types.Flat;

/// <summary>A physical network as it is, untagged: one network has it, or none.</summary>
internal sealed class FlatType : ISegmentType
{
    public string Name => "flat";

    public int Overhead => 0;

    public void Check(ProviderRequest asked)
    {
        if (string.IsNullOrEmpty(asked.PhysicalNetwork))
            throw NeutronFault.InvalidInput("physical_network required for flat provider network.");
        if (asked.SegmentationId is not null)
            throw NeutronFault.InvalidInput("segmentation_id prohibited for flat provider network.");
    }

    public async ValueTask<Segment> ReserveAsync(Tx tx, ProviderRequest asked)
    {
        await tx.TakeCursorAsync(Name, asked.PhysicalNetwork!);
        return await tx.HasFlatAsync(asked.PhysicalNetwork!)
            ? throw Fault.Conflict(
                $"Unable to create the flat network. Physical network {asked.PhysicalNetwork} is in use.",
                "FlatNetworkInUse"
            )
            : new(Name, asked.PhysicalNetwork, null);
    }
}
