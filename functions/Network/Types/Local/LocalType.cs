using Pipeline.Data;

namespace Pipeline.Network.Types.Local;

/// <summary>A network that never leaves its host. It needs no number, so reserving is choosing.</summary>
internal sealed class LocalType : ISegmentType
{
    public string Name => "local";

    public int Overhead => 0;

    public void Check(ProviderRequest asked)
    {
        if (asked.PhysicalNetwork is not null)
            throw NeutronFault.InvalidInput("physical_network prohibited for local provider network.");
        if (asked.SegmentationId is not null)
            throw NeutronFault.InvalidInput("segmentation_id prohibited for local provider network.");
    }

    public ValueTask<Segment> ReserveAsync(Tx tx, ProviderRequest asked) => new(new Segment(Name, null, null));
}
