using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>The SQL of what many volumes are together, by a filter's conditions on rows.</summary>
internal static class VolumeSums
{
    public static async ValueTask<long> CountVolumesAsync(this Tx tx, ProjectId? project, VolumeFilter filter) =>
        (await tx.SumVolumesAsync(project, filter)).Count;

    public static async ValueTask<VolumeSum> SumVolumesAsync(this Tx tx, ProjectId? project, VolumeFilter filter) =>
        await tx.FindAsync<VolumeSum>(
            $"SELECT COUNT(*) AS count, CAST(COALESCE(SUM(size_gib), 0) AS BIGINT) AS gib {From(project, filter)}",
            ArgumentsOf(project, filter)
        ) ?? new();

    /// <summary>As JSON, each once.</summary>
    public static ValueTask<IReadOnlyList<string>> ListVolumeMetadataAsync(
        this Tx tx,
        ProjectId? project,
        VolumeFilter filter
    ) =>
        tx.ListAsync<string>(
            $"SELECT DISTINCT metadata {From(project, filter)} AND metadata <> '{{}}'",
            ArgumentsOf(project, filter)
        );

    private static string From(ProjectId? project, VolumeFilter filter) =>
        $"FROM volumes WHERE {(project is null ? "1 = 1" : "project_id = @project")} {filter.Sql}";

    private static object ArgumentsOf(ProjectId? project, VolumeFilter filter) =>
        new
        {
            project = project ?? default,
            filter.Name,
            filter.Like,
            filter.Status,
            filter.Bootable,
            filter.AvailabilityZone,
            filter.Host,
            filter.Backend,
            filter.ChangedSince,
        };
}
