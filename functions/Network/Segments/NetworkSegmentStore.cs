using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Segments;

/// <summary>All SQL of segments as operators see them.</summary>
internal static class NetworkSegmentStore
{
    private const string All = """
        (SELECT segment_id AS id, id AS network_id, segment_name AS name, segment_description AS description, network_type,
            physical_network, segmentation_id, segment_revision AS revision_number, created_at,
            COALESCE(segment_updated_at, created_at) AS updated_at
        FROM networks WHERE deleted_at IS NULL)
        """;

    /// <summary>Operators see all, others none.</summary>
    public static readonly ListSource Listed = new("*", All, "1 = 0", Missing);

    /// <exception cref="Fault">NotFound.</exception>
    public static async ValueTask<SegmentRow> GetSegmentAsync(this Tx tx, string id) =>
        await tx.FindAsync<SegmentRow>($"SELECT * FROM {All} x WHERE id = @id", new { id }) ?? throw Missing(id);

    public static async ValueTask UpdateSegmentAsync(this Tx tx, SegmentRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE networks SET segment_name = @Name, segment_description = @Description,
                segment_revision = segment_revision + 1, segment_updated_at = @now
            WHERE segment_id = @Id AND deleted_at IS NULL
            """,
            row
        );

    private static Fault Missing(object id) => Fault.NotFound($"Segment {id} could not be found.", "SegmentNotFound");
}
