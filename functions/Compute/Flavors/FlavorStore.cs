using Pipeline.Data;

namespace Pipeline.Compute.Flavors;

internal static class FlavorStore
{
    private const string Columns = """
        id, name, vcpus, ram_mib, disk_gib, ephemeral_gib, swap_mib, rxtx_factor, is_public, extra_specs
        """;

    /// <summary>A page of flavors, by id; everyone sees the public ones, admins all.</summary>
    public static ValueTask<IReadOnlyList<Flavor>> ListFlavorsAsync(
        this Tx tx,
        bool? isPublic,
        string after,
        int limit
    ) =>
        tx.ListAsync<Flavor>(
            $"""
            SELECT {Columns} FROM flavors
            WHERE id > @after AND (@any = 1 OR is_public = @wanted) ORDER BY id LIMIT @limit
            """,
            new
            {
                after,
                limit,
                any = isPublic is null ? 1 : 0,
                wanted = isPublic ?? true,
            }
        );

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
