using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

/// <summary>The SQL of volume types.</summary>
internal static class VolumeTypeStore
{
    private const string Columns =
        "id, name, description, is_public, extra_specs, qos_specs_id, created_at, updated_at";

    private const string Visible = """
        (is_public = 1 OR @admin = 1 OR EXISTS
            (SELECT 1 FROM volume_type_access a WHERE a.volume_type_id = volume_types.id AND a.project_id = @project))
        """;

    /// <summary>What a list may be sorted by, in Cinder's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["created_at"] = "created_at",
        ["description"] = "COALESCE(description, '')",
        ["id"] = "id",
        ["is_public"] = "is_public",
        ["name"] = "name",
        ["updated_at"] = "COALESCE(updated_at, 0)",
    };

    /// <summary>A page of types, the newest first: the public ones and those that a project may use, or all that are not public, or all.</summary>
    public static ValueTask<IReadOnlyList<VolumeType>> ListVolumeTypesAsync(
        this Tx tx,
        ProjectId? project,
        bool? isPublic,
        string? name,
        Page page,
        int offset
    )
    {
        var order = ListOrder.Of("volume_types", page.Sort, SortKeys, descending: true, "created_at", "id");
        return tx.ListAsync<VolumeType>(
            $"""
            SELECT {Columns} FROM volume_types
            WHERE (@any = 1 OR is_public = @wanted OR (@wanted = 1 AND
                    id IN (SELECT volume_type_id FROM volume_type_access WHERE project_id = @project)))
                {(name is null ? "" : "AND name = @name")} {(page.Marker is null ? "" : $"AND ({order.After})")}
            ORDER BY {order.By} LIMIT @Limit OFFSET @offset
            """,
            new
            {
                any = isPublic is null ? 1 : 0,
                wanted = isPublic ?? true,
                project = project ?? new ProjectId(""),
                name,
                after = page.Marker,
                page.Limit,
                offset,
            }
        );
    }

    /// <summary>The type of this id, or else of this name, if the caller's project may use it.</summary>
    public static ValueTask<VolumeType?> FindVolumeTypeAsync(this Tx tx, string idOrName, Caller caller) =>
        tx.FindAsync<VolumeType>(
            $"SELECT {Columns} FROM volume_types WHERE (id = @idOrName OR name = @idOrName) AND {Visible} ORDER BY id = @idOrName DESC LIMIT 1",
            new
            {
                idOrName,
                admin = caller.IsAdmin,
                project = caller.ProjectId ?? new ProjectId(""),
            }
        );

    /// <summary>All types that the caller's project may use; an operator's are all.</summary>
    public static ValueTask<IReadOnlyList<VolumeType>> ListVolumeTypesAsync(this Tx tx, Caller caller) =>
        tx.ListAsync<VolumeType>(
            $"SELECT {Columns} FROM volume_types WHERE {Visible} ORDER BY name, id",
            new { admin = caller.IsAdmin, project = caller.ProjectId ?? new ProjectId("") }
        );

    /// <summary>A type by its id, whoever may use it.</summary>
    public static ValueTask<VolumeType?> FindVolumeTypeAsync(this Tx tx, VolumeTypeId id) =>
        tx.FindAsync<VolumeType>($"SELECT {Columns} FROM volume_types WHERE id = @id", new { id });

    /// <summary>The type that a path names by its id, if the caller's project may use it.</summary>
    /// <exception cref="Fault">NotFound.</exception>
    public static async ValueTask<VolumeType> GetVolumeTypeAsync(this Tx tx, string id, Caller caller)
    {
        var found = await tx.FindVolumeTypeAsync(id, caller);
        return found is not null && found.Id.ToString() == id ? found : throw VolumeType.NotFound(id);
    }

    /// <summary>The type that an operator changes: nobody else does, and no volume of it is made, until this transaction ends.</summary>
    /// <exception cref="Fault">NotFound.</exception>
    public static async ValueTask<VolumeType> LockVolumeTypeAsync(this Tx tx, string id) =>
        await tx.FindAsync<VolumeType>($"SELECT {Columns} FROM volume_types WHERE id = @id FOR UPDATE", new { id })
        ?? throw VolumeType.NotFound(id);

    /// <summary>The type stays as it is until this transaction, which makes a volume of it, ends.</summary>
    /// <returns>False when it is gone meanwhile.</returns>
    public static async ValueTask<bool> HoldVolumeTypeAsync(this Tx tx, VolumeTypeId id) =>
        await tx.ScalarAsync<string?>("SELECT id FROM volume_types WHERE id = @id FOR SHARE", new { id }) is not null;

    /// <summary>False when the name is taken.</summary>
    public static async ValueTask<bool> TryAddVolumeTypeAsync(this Tx tx, VolumeType type) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO volume_types (id, name, description, is_public, extra_specs, created_at)
            VALUES (@Id, @Name, @Description, @IsPublic, @ExtraSpecs, @now) ON CONFLICT DO NOTHING
            """,
            new
            {
                type.Id,
                type.Name,
                type.Description,
                type.IsPublic,
                type.ExtraSpecs,
            }
        ) == 1;

    /// <inheritdoc cref="TryAddVolumeTypeAsync"/>
    public static async ValueTask<bool> TryUpdateVolumeTypeAsync(this Tx tx, VolumeType type) =>
        await tx.ExecuteAsync(
            """
            UPDATE volume_types SET name = @Name, description = @Description, is_public = @IsPublic,
                extra_specs = @ExtraSpecs, updated_at = @now
            WHERE id = @Id AND NOT EXISTS (SELECT 1 FROM volume_types AS other WHERE other.name = @Name AND other.id <> @Id)
            """,
            new
            {
                type.Id,
                type.Name,
                type.Description,
                type.IsPublic,
                type.ExtraSpecs,
            }
        ) == 1;

    public static async ValueTask DeleteVolumeTypeAsync(this Tx tx, VolumeTypeId id)
    {
        await tx.ExecuteAsync("DELETE FROM volume_type_access WHERE volume_type_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM volume_types WHERE id = @id", new { id });
    }

    /// <summary>Whether there is a volume of it, or one that is to be.</summary>
    public static async ValueTask<bool> IsVolumeTypeUsedAsync(this Tx tx, VolumeTypeId id) =>
        await tx.ScalarAsync<long?>(
            "SELECT 1 FROM volumes WHERE volume_type_id = @id OR retype_type_id = @id LIMIT 1",
            new { id }
        )
            is not null;

    /// <summary>The projects that may use a type which is not public.</summary>
    public static ValueTask<IReadOnlyList<ProjectId>> ListTypeProjectsAsync(this Tx tx, VolumeTypeId id) =>
        tx.ListAsync<ProjectId>(
            "SELECT project_id FROM volume_type_access WHERE volume_type_id = @id ORDER BY project_id",
            new { id }
        );

    /// <returns>False when it may already.</returns>
    public static async ValueTask<bool> TryAddTypeProjectAsync(this Tx tx, VolumeTypeId id, ProjectId project) =>
        await tx.ExecuteAsync(
            "INSERT INTO volume_type_access (volume_type_id, project_id) VALUES (@id, @project) ON CONFLICT DO NOTHING",
            new { id, project }
        ) == 1;

    /// <returns>False when it might not.</returns>
    public static async ValueTask<bool> TryRemoveTypeProjectAsync(this Tx tx, VolumeTypeId id, ProjectId project) =>
        await tx.ExecuteAsync(
            "DELETE FROM volume_type_access WHERE volume_type_id = @id AND project_id = @project",
            new { id, project }
        ) == 1;
}
