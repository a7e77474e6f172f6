using Pipeline.Data;

namespace Pipeline.Compute.Flavors;

internal static class FlavorStore
{
    private const string Columns = """
        id, name, vcpus, ram_mib, disk_gib, ephemeral_gib, swap_mib, rxtx_factor, is_public, extra_specs
        """;

    /// <summary>What a list may be sorted by, in Nova's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["created_at"] = "created_at",
        ["ephemeral_gb"] = "ephemeral_gib",
        ["flavorid"] = "id",
        ["id"] = "id",
        ["is_public"] = "is_public",
        ["memory_mb"] = "ram_mib",
        ["name"] = "name",
        ["root_gb"] = "disk_gib",
        ["swap"] = "swap_mib",
        ["vcpus"] = "vcpus",
    };

    /// <summary>A page of flavors, by id where the client names no key; everyone sees the public ones, admins all.</summary>
    public static ValueTask<IReadOnlyList<Flavor>> ListFlavorsAsync(
        this Tx tx,
        bool? isPublic,
        int minRam,
        int minDisk,
        Page page
    )
    {
        var order = ListOrder.Of("flavors", page, SortKeys, descending: false);
        return tx.ListAsync<Flavor>(
            $"""
            SELECT {Columns} FROM flavors
            WHERE (@any = 1 OR is_public = @wanted) AND ram_mib >= @minRam AND disk_gib >= @minDisk
                {(page.Marker is null ? "" : $"AND ({order.After})")}
            ORDER BY {order.By} LIMIT @Limit
            """,
            new
            {
                after = page.Marker,
                page.Limit,
                minRam,
                minDisk,
                any = isPublic is null ? 1 : 0,
                wanted = isPublic ?? true,
            }
        );
    }

    public static ValueTask<Flavor?> FindFlavorAsync(this Tx tx, string id) =>
        tx.FindAsync<Flavor>($"SELECT {Columns} FROM flavors WHERE id = @id", new { id });

    /// <returns>False when the id or the name is taken.</returns>
    public static async ValueTask<bool> AddFlavorAsync(this Tx tx, Flavor flavor) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO flavors ({Columns}, created_at) VALUES (@Id, @Name, @Vcpus, @RamMib, @DiskGib, @EphemeralGib, @SwapMib,
                @RxtxFactor, @IsPublic, @ExtraSpecs, @now)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                flavor.Id,
                flavor.Name,
                flavor.Vcpus,
                flavor.RamMib,
                flavor.DiskGib,
                flavor.EphemeralGib,
                flavor.SwapMib,
                flavor.RxtxFactor,
                flavor.IsPublic,
                flavor.ExtraSpecs,
            }
        ) == 1;

    public static async ValueTask<bool> DeleteFlavorAsync(this Tx tx, string id) =>
        await tx.ExecuteAsync("DELETE FROM flavors WHERE id = @id", new { id }) == 1;

    public static async ValueTask SetExtraSpecsAsync(this Tx tx, string id, string json) =>
        await tx.ExecuteAsync("UPDATE flavors SET extra_specs = @json WHERE id = @id", new { id, json });
}
