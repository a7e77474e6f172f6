using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

/// <summary>What a project's volumes are of that name no type.</summary>
internal sealed record DefaultType
{
    public ProjectId ProjectId { get; init; }
    public VolumeTypeId VolumeTypeId { get; init; }
}

/// <summary>The SQL of projects' default types.</summary>
internal static class DefaultTypeStore
{
    private const string Columns = "project_id, volume_type_id";

    public static ValueTask<IReadOnlyList<DefaultType>> ListDefaultTypesAsync(this Tx tx) =>
        tx.ListAsync<DefaultType>($"SELECT {Columns} FROM volume_default_types ORDER BY project_id", new { });

    public static ValueTask<DefaultType?> FindDefaultTypeAsync(this Tx tx, ProjectId project) =>
        tx.FindAsync<DefaultType>(
            $"SELECT {Columns} FROM volume_default_types WHERE project_id = @project",
            new { project }
        );

    public static async ValueTask SetDefaultTypeAsync(this Tx tx, DefaultType chosen) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO volume_default_types (project_id, volume_type_id) VALUES (@ProjectId, @VolumeTypeId)
            ON CONFLICT (project_id) DO UPDATE SET volume_type_id = excluded.volume_type_id
            """,
            chosen
        );

    /// <returns>False when the project had none.</returns>
    public static async ValueTask<bool> TryRemoveDefaultTypeAsync(this Tx tx, ProjectId project) =>
        await tx.ExecuteAsync("DELETE FROM volume_default_types WHERE project_id = @project", new { project }) == 1;

    /// <summary>Whether it is any project's default.</summary>
    public static async ValueTask<bool> IsDefaultTypeAsync(this Tx tx, VolumeTypeId id) =>
        await tx.ScalarAsync<long?>("SELECT 1 FROM volume_default_types WHERE volume_type_id = @id LIMIT 1", new { id })
            is not null;

    /// <summary>What a volume of the project is of that names no type: the project's own default, else the cloud's.</summary>
    public static async ValueTask<VolumeType?> DefaultTypeOfAsync(this Tx tx, ProjectId project, Caller caller) =>
        await tx.FindDefaultTypeAsync(project) is { } chosen
            ? await tx.FindVolumeTypeAsync(chosen.VolumeTypeId)
            : await tx.FindVolumeTypeAsync(VolumeType.Default, caller);
}
