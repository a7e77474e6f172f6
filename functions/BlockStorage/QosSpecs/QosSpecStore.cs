using Pipeline.Data;

namespace Pipeline.BlockStorage.QosSpecs;

/// <summary>A type that QoS specs hold for.</summary>
internal sealed record AssociatedType
{
    public VolumeTypeId Id { get; init; }
    public string Name { get; init; } = "";
}

/// <summary>The SQL of QoS specs.</summary>
internal static class QosSpecStore
{
    private const string Columns = "id, name, consumer, specs";

    /// <summary>What a list may be sorted by, in Cinder's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["consumer"] = "consumer",
        ["created_at"] = "created_at",
        ["id"] = "id",
        ["name"] = "name",
        ["updated_at"] = "COALESCE(updated_at, 0)",
    };

    /// <summary>A page, the newest first where the client names no key.</summary>
    public static ValueTask<IReadOnlyList<QosSpec>> ListQosSpecsAsync(this Tx tx, Page page, int offset)
    {
        var order = ListOrder.Of("volume_qos_specs", page.Sort, SortKeys, descending: true, "created_at", "id");
        return tx.ListAsync<QosSpec>(
            $"""
            SELECT {Columns} FROM volume_qos_specs {(page.Marker is null ? "" : $"WHERE {order.After}")}
            ORDER BY {order.By} LIMIT @Limit OFFSET @offset
            """,
            new
            {
                after = page.Marker,
                page.Limit,
                offset,
            }
        );
    }

    /// <exception cref="Fault">NotFound.</exception>
    public static async ValueTask<QosSpec> GetQosSpecAsync(this Tx tx, string id) =>
        await tx.FindAsync<QosSpec>($"SELECT {Columns} FROM volume_qos_specs WHERE id = @id", new { id })
        ?? throw QosSpec.NotFound(id);

    /// <summary>To change them, or what they hold for: nobody else does until this transaction ends.</summary>
    /// <exception cref="Fault">NotFound.</exception>
    public static async ValueTask<QosSpec> LockQosSpecAsync(this Tx tx, string id) =>
        await tx.FindAsync<QosSpec>($"SELECT {Columns} FROM volume_qos_specs WHERE id = @id FOR UPDATE", new { id })
        ?? throw QosSpec.NotFound(id);

    /// <summary>False when the name is taken.</summary>
    public static async ValueTask<bool> TryAddQosSpecAsync(this Tx tx, QosSpec spec) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO volume_qos_specs (id, name, consumer, specs, created_at)
            VALUES (@Id, @Name, @Consumer, @Specs, @now) ON CONFLICT DO NOTHING
            """,
            new
            {
                spec.Id,
                spec.Name,
                spec.Consumer,
                spec.Specs,
            }
        ) == 1;

    public static async ValueTask UpdateQosSpecAsync(this Tx tx, QosSpec spec) =>
        await tx.ExecuteAsync(
            "UPDATE volume_qos_specs SET consumer = @Consumer, specs = @Specs, updated_at = @now WHERE id = @Id",
            new
            {
                spec.Id,
                spec.Consumer,
                spec.Specs,
            }
        );

    public static async ValueTask DeleteQosSpecAsync(this Tx tx, QosSpecsId id) =>
        await tx.ExecuteAsync("DELETE FROM volume_qos_specs WHERE id = @id", new { id });

    public static ValueTask<IReadOnlyList<AssociatedType>> ListAssociatedTypesAsync(this Tx tx, QosSpecsId id) =>
        tx.ListAsync<AssociatedType>(
            "SELECT id, name FROM volume_types WHERE qos_specs_id = @id ORDER BY name",
            new { id }
        );

    public static async ValueTask AssociateTypeAsync(this Tx tx, QosSpecsId id, VolumeTypeId type) =>
        await tx.ExecuteAsync(
            "UPDATE volume_types SET qos_specs_id = @id, updated_at = @now WHERE id = @type",
            new { id, type }
        );

    public static async ValueTask DisassociateTypeAsync(this Tx tx, QosSpecsId id, VolumeTypeId type) =>
        await tx.ExecuteAsync(
            "UPDATE volume_types SET qos_specs_id = NULL, updated_at = @now WHERE id = @type AND qos_specs_id = @id",
            new { id, type }
        );

    public static async ValueTask DisassociateTypesAsync(this Tx tx, QosSpecsId id) =>
        await tx.ExecuteAsync(
            "UPDATE volume_types SET qos_specs_id = NULL, updated_at = @now WHERE qos_specs_id = @id",
            new { id }
        );
}
