using Pipeline.Network.Wire;

namespace Pipeline.Network.Segments;

internal static class SegmentView
{
    public static Collection<SegmentRow> All { get; } =
        new(
            "segment",
            "segments",
            "network/v2.0/segments",
            Shown<SegmentRow>.Text("id", Use.Find, s => s.Id),
            Shown<SegmentRow>.Text("network_id", Use.Find, s => s.NetworkId.ToString()),
            Shown<SegmentRow>.Text("name", Use.Update | Use.Find, s => s.Name),
            Shown<SegmentRow>.Text("description", Use.Update | Use.Find, s => s.Description),
            Shown<SegmentRow>.Text("network_type", Use.Find, s => s.NetworkType),
            Shown<SegmentRow>.Text("physical_network", Use.Find, s => s.PhysicalNetwork),
            Shown<SegmentRow>.Number("segmentation_id", Use.Find, s => s.SegmentationId),
            Shown<SegmentRow>.Time("created_at", s => s.CreatedAt),
            Shown<SegmentRow>.Time("updated_at", s => s.UpdatedAt),
            Shown<SegmentRow>.Number("revision_number", Use.Find, s => s.RevisionNumber)
        );
}
