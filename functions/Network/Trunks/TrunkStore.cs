using Pipeline.Data;
using Pipeline.Network.Ports;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Trunks;

/// <summary>All SQL of trunks. Which ports are in one stands with the ports.</summary>
internal static class TrunkStore
{
    /// <summary>A trunk is as far as its parent; beyond that as far as the last of its ports.</summary>
    public const string Status = """
        (SELECT CASE WHEN p.status <> 'ACTIVE' THEN p.status
            WHEN EXISTS (SELECT 1 FROM ports s WHERE s.trunk_id = x.id AND s.status = 'BUILD') THEN 'BUILD'
            WHEN EXISTS (SELECT 1 FROM ports s WHERE s.trunk_id = x.id AND s.status <> 'ACTIVE') THEN 'DEGRADED'
            ELSE 'ACTIVE' END
        FROM ports p WHERE p.id = x.port_id)
        """;

    private const string Stored =
        "id, project_id, port_id, name, description, admin_state_up, revision_number, created_at, updated_at";

    private const string Columns = $"{Stored}, {Status} AS status";

    public static readonly ListSource Listed = new(
        Columns,
        "trunks",
        "x.project_id = @viewer",
        NeutronFault.TrunkNotFound
    );

    /// <exception cref="Fault">NotFound, also for another project's.</exception>
    public static async ValueTask<TrunkRow> GetTrunkAsync(this Tx tx, Caller caller, string id) =>
        TrunkId.TryParse(id, out var trunk)
        && await tx.FindTrunkAsync(trunk) is { } row
        && (caller.IsAdmin || caller.ProjectId == row.ProjectId)
            ? row
            : throw NeutronFault.TrunkNotFound(id);

    /// <summary>Takes the trunk for this transaction, before the networks of its ports.</summary>
    /// <exception cref="Fault">NotFound, also for another project's.</exception>
    public static async ValueTask<TrunkRow> LockTrunkAsync(this Tx tx, Caller caller, string id)
    {
        var seen = await tx.GetTrunkAsync(caller, id);
        return await tx.LockTrunkAsync(seen.Id) ?? throw NeutronFault.TrunkNotFound(id);
    }

    public static async ValueTask<TrunkRow?> LockTrunkAsync(this Tx tx, TrunkId id) =>
        await tx.ExecuteAsync("UPDATE trunks SET name = name WHERE id = @id", new { id }) == 1
            ? await tx.FindTrunkAsync(id)
            : null;

    public static ValueTask<TrunkRow?> FindTrunkAsync(this Tx tx, TrunkId id) =>
        tx.FindAsync<TrunkRow>($"SELECT {Columns} FROM trunks x WHERE x.id = @id", new { id });

    public static ValueTask<TrunkRow?> FindTrunkOfAsync(this Tx tx, PortId parent) =>
        tx.FindAsync<TrunkRow>($"SELECT {Columns} FROM trunks x WHERE x.port_id = @parent", new { parent });

    public static async ValueTask AddTrunkAsync(this Tx tx, TrunkRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO trunks ({Stored})
            VALUES (@Id, @ProjectId, @PortId, @Name, @Description, @AdminStateUp, 0, @now, @now)
            """,
            row
        );

    public static async ValueTask UpdateTrunkAsync(this Tx tx, TrunkRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE trunks SET name = @Name, description = @Description, admin_state_up = @AdminStateUp,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    /// <summary>Something that is shown with the trunk has changed: what is in it, a tag.</summary>
    public static async ValueTask TouchTrunkAsync(this Tx tx, TrunkId id) =>
        await tx.ExecuteAsync(
            "UPDATE trunks SET revision_number = revision_number + 1, updated_at = @now WHERE id = @id",
            new { id }
        );

    public static async ValueTask DeleteTrunkAsync(this Tx tx, TrunkId id) =>
        await tx.ExecuteAsync("DELETE FROM trunks WHERE id = @id", new { id });

    /// <summary>Puts a port into a trunk.</summary>
    public static async ValueTask JoinTrunkAsync(this Tx tx, PortId port, TrunkId trunk, int vlan) =>
        await tx.ExecuteAsync(
            """
            UPDATE ports SET trunk_id = @trunk, segmentation_id = @vlan, device_id = @trunk, device_owner = @owner,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @port
            """,
            new
            {
                port,
                trunk,
                vlan,
                owner = PortRow.Subport,
            }
        );

    /// <summary>Takes a port out of its trunk; where it is bound does not change by that.</summary>
    public static async ValueTask LeaveTrunkAsync(this Tx tx, PortId port) =>
        await tx.ExecuteAsync(
            """
            UPDATE ports SET trunk_id = NULL, segmentation_id = NULL, device_id = '', device_owner = '',
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @port
            """,
            new { port }
        );

    /// <summary>The ports in the trunks of some, in the order of their tags.</summary>
    public static ValueTask<IReadOnlyList<PortRow>> ListSubportsOfAsync(this Tx tx, IEnumerable<PortId> parents) =>
        tx.InChunksAsync<PortRow>(
            $"""
            SELECT {PortStore.Columns} FROM ports
            WHERE trunk_id IN (SELECT t.id FROM trunks t WHERE t.port_id IN @ids) ORDER BY trunk_id, segmentation_id
            """,
            parents.Select(p => p.ToString())
        );

    /// <summary>The ports by which trunks are had.</summary>
    public static async ValueTask<IReadOnlyDictionary<TrunkId, PortId>> ListParentsAsync(
        this Tx tx,
        IEnumerable<TrunkId> trunks
    ) => (await tx.ListTrunksAsync("id", trunks.Select(t => t.ToString()))).ToDictionary(t => t.Id, t => t.PortId);

    /// <summary>The trunks of those ports that have one.</summary>
    public static async ValueTask<IReadOnlyDictionary<PortId, TrunkDetails>> ListTrunkDetailsAsync(
        this Tx tx,
        IEnumerable<string> parents
    )
    {
        var trunks = await tx.ListTrunksAsync("port_id", parents);
        var subports = await tx.ListSubportsAsync(trunks.Select(t => t.Id));
        return trunks.ToDictionary(t => t.PortId, t => new TrunkDetails(t.Id, [.. subports[t.Id]]));
    }

    public static async ValueTask<IReadOnlyList<TrunkItem>> ItemsAsync(this Tx tx, IReadOnlyList<TrunkRow> rows)
    {
        var subports = await tx.ListSubportsAsync(rows.Select(r => r.Id));
        var tags = await tx.ListTagsAsync(rows.Select(r => r.Id.ToString()));
        return [.. rows.Select(r => new TrunkItem(r, [.. subports[r.Id]], [.. tags[r.Id.ToString()]]))];
    }

    public static async ValueTask<TrunkItem> TrunkItemAsync(this Tx tx, TrunkId id)
    {
        var row = await tx.FindTrunkAsync(id) ?? throw NeutronFault.TrunkNotFound(id);
        return (await tx.ItemsAsync([row]))[0];
    }

    private static ValueTask<IReadOnlyList<TrunkRow>> ListTrunksAsync(
        this Tx tx,
        string column,
        IEnumerable<string> values
    ) => tx.InChunksAsync<TrunkRow>($"SELECT id, port_id FROM trunks WHERE {column} IN @ids ORDER BY id", values);

    private static async ValueTask<ILookup<TrunkId, SubportRow>> ListSubportsAsync(
        this Tx tx,
        IEnumerable<TrunkId> trunks
    ) =>
        (
            await tx.InChunksAsync<SubportRow>(
                """
                SELECT trunk_id, id AS port_id, segmentation_id, mac_address FROM ports
                WHERE trunk_id IN @ids ORDER BY trunk_id, segmentation_id
                """,
                trunks.Select(t => t.ToString())
            )
        ).ToLookup(s => s.TrunkId);
}
