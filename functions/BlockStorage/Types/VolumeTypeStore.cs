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

    /// <summary>The type of this id, or else of this name, if the caller's project may use it.</summary>
    public static ValueTask<VolumeType?> FindVolumeTypeAsync(this Tx tx, string idOrName, Caller caller) =>
        tx.FindAsync<VolumeType>(
            $"SELECT {Columns} FROM volume_types WHERE (id = @idOrName OR name = @idOrName) AND {Visible} ORDER BY id = @idOrName DESC LIMIT 1",
            new
            {
                idOrName,
                admin = caller.IsAdmin,
                project = caller.ProjectId ?? default,
            }
        );

    /// <summary>A type by its id, whoever may use it.</summary>
    public static ValueTask<VolumeType?> FindVolumeTypeAsync(this Tx tx, VolumeTypeId id) =>
        tx.FindAsync<VolumeType>($"SELECT {Columns} FROM volume_types WHERE id = @id", new { id });
}
