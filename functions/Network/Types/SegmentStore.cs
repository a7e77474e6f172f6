using Pipeline.Data;

namespace Pipeline.Network.Types;

/// <summary>All SQL of segments. A network's own row, tombstones included, is what holds its segment.</summary>
internal static class SegmentStore
{
    /// <summary>Where the search for a free number begins. Whoever reserves takes this row first, so one does after the other.</summary>
    public static ValueTask<long> TakeCursorAsync(this Tx tx, string type, string physical) =>
        tx.ScalarAsync<long>(
            """
            INSERT INTO segment_cursors (network_type, physical_network, next_id) VALUES (@type, @physical, 0)
            ON CONFLICT (network_type, physical_network) DO UPDATE SET next_id = segment_cursors.next_id
            RETURNING next_id
            """,
            new { type, physical }
        );

    public static async ValueTask SetCursorAsync(this Tx tx, string type, string physical, long next) =>
        await tx.ExecuteAsync(
            """
            UPDATE segment_cursors SET next_id = @next WHERE network_type = @type AND physical_network = @physical
            """,
            new
            {
                type,
                physical,
                next,
            }
        );

    public static async ValueTask<bool> HasSegmentAsync(this Tx tx, string type, string physical, long id) =>
        await tx.ScalarAsync<string?>(
            """
            SELECT id FROM networks
            WHERE network_type = @type AND COALESCE(physical_network, '') = @physical AND segmentation_id = @id
            """,
            new
            {
                type,
                physical,
                id,
            }
        )
            is not null;

    /// <summary>The end of the run of taken numbers that begins at a taken one: the first free number after it.</summary>
    public static ValueTask<long> FirstFreeAfterAsync(this Tx tx, string type, string physical, long taken) =>
        tx.ScalarAsync<long>(
            """
            SELECT n.segmentation_id + 1 FROM networks n
            WHERE n.network_type = @type AND COALESCE(n.physical_network, '') = @physical AND n.segmentation_id >= @taken
                AND NOT EXISTS (SELECT 1 FROM networks m WHERE m.network_type = @type
                    AND COALESCE(m.physical_network, '') = @physical AND m.segmentation_id = n.segmentation_id + 1)
            ORDER BY n.segmentation_id LIMIT 1
            """,
            new
            {
                type,
                physical,
                taken,
            }
        );

    public static async ValueTask<bool> HasFlatAsync(this Tx tx, string physical) =>
        await tx.ScalarAsync<string?>(
            "SELECT id FROM networks WHERE network_type = 'flat' AND physical_network = @physical",
            new { physical }
        )
            is not null;
}
