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

    /// <summary>A page of flavors, by id where the client names no key; the public ones and those that a project may use, or all that are not public, or all.</summary>
    public static ValueTask<IReadOnlyList<Flavor>> ListFlavorsAsync(
        this Tx tx,
        bool? isPublic,
        ProjectId? project,
        int minRam,
        int minDisk,
        Page page
    )
    {
        var order = ListOrder.Of("flavors", page.Sort, SortKeys, descending: false, "id");
        return tx.ListAsync<Flavor>(
            $"""
            SELECT {Columns} FROM flavors
            WHERE (@any = 1 OR is_public = @wanted OR (@wanted = 1 AND
                    id IN (SELECT flavor_id FROM flavor_projects WHERE project_id = @project))) AND ram_mib >= @minRam AND disk_gib >= @minDisk
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
                project = project ?? new ProjectId(""),
            }
        );
    }

    /// <summary>The flavor if the caller may see it: a public one, one of its project's, any for an admin.</summary>
    public static async ValueTask<Flavor?> FindFlavorAsync(this Tx tx, string id, Caller caller)
    {
        var flavor = await tx.FindFlavorAsync(id);
        return flavor is null or { IsPublic: true } || caller.IsAdmin ? flavor
            : caller.ProjectId is { } project && await tx.MayUseFlavorAsync(id, project) ? flavor
            : null;
    }

    public static ValueTask<IReadOnlyList<FlavorProjectRow>> ListFlavorProjectsAsync(this Tx tx, string id) =>
        tx.ListAsync<FlavorProjectRow>(
            "SELECT project_id FROM flavor_projects WHERE flavor_id = @id ORDER BY project_id",
            new { id }
        );

    /// <returns>False when it may already.</returns>
    public static async ValueTask<bool> AddFlavorProjectAsync(this Tx tx, string id, ProjectId project) =>
        await tx.ExecuteAsync(
            "INSERT INTO flavor_projects (flavor_id, project_id) VALUES (@id, @project) ON CONFLICT DO NOTHING",
            new { id, project }
        ) == 1;

    /// <returns>False when it might not.</returns>
    public static async ValueTask<bool> RemoveFlavorProjectAsync(this Tx tx, string id, ProjectId project) =>
        await tx.ExecuteAsync(
            "DELETE FROM flavor_projects WHERE flavor_id = @id AND project_id = @project",
            new { id, project }
        ) == 1;

    private static async ValueTask<bool> MayUseFlavorAsync(this Tx tx, string id, ProjectId project) =>
        await tx.ScalarAsync<string?>(
            "SELECT project_id FROM flavor_projects WHERE flavor_id = @id AND project_id = @project",
            new { id, project }
        )
            is not null;

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

    public static async ValueTask<bool> DeleteFlavorAsync(this Tx tx, string id)
    {
        await tx.ExecuteAsync("DELETE FROM flavor_projects WHERE flavor_id = @id", new { id });
        return await tx.ExecuteAsync("DELETE FROM flavors WHERE id = @id", new { id }) == 1;
    }

    public static async ValueTask SetExtraSpecsAsync(this Tx tx, string id, string json) =>
        await tx.ExecuteAsync("UPDATE flavors SET extra_specs = @json WHERE id = @id", new { id, json });
}

internal sealed record FlavorProjectRow
{
    public ProjectId ProjectId { get; init; }
}
