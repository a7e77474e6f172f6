using Pipeline.Data;

namespace Pipeline.BlockStorage.Quotas;

/// <summary>What a project has of one type. Sizes are in GiB.</summary>
internal sealed record TypeCount
{
    public VolumeTypeId VolumeTypeId { get; init; }
    public long Volumes { get; init; }
    public long Snapshots { get; init; }
    public long Gib { get; init; }

    public long Of(string resource) =>
        resource switch
        {
            VolumeQuota.Volumes => Volumes,
            VolumeQuota.Snapshots => Snapshots,
            _ => Gib,
        };
}

/// <summary>The SQL of what projects have by type: one that grows counts as what it is to be, one that changes its type for both.</summary>
internal static class TypeCounts
{
    private const string Gib = "CASE WHEN claimed_gib > size_gib THEN claimed_gib ELSE size_gib END AS gib";

    /// <param name="only">Whether one type alone is asked for.</param>
    private static string Sql(bool only) =>
        $"""
            SELECT volume_type_id, CAST(SUM(volumes) AS BIGINT) AS volumes, CAST(SUM(snapshots) AS BIGINT) AS snapshots,
                CAST(SUM(gib) AS BIGINT) AS gib FROM
                (SELECT volume_type_id, 1 AS volumes, 0 AS snapshots, {Gib} FROM volumes
                WHERE project_id = @project {(only ? "AND volume_type_id = @type" : "")}
                UNION ALL
                SELECT retype_type_id, 1, 0, {Gib} FROM volumes
                WHERE project_id = @project AND retype_type_id {Wanted(only)}
                UNION ALL
                SELECT volume_type_id, 0, 1, size_gib FROM volume_snapshots
                WHERE project_id = @project {(only ? "AND volume_type_id = @type" : "")}
                UNION ALL
                SELECT v.retype_type_id, 0, 1, s.size_gib FROM volume_snapshots s JOIN volumes v ON v.id = s.volume_id
                WHERE v.project_id = @project AND v.retype_type_id {Wanted(only)}) things
            GROUP BY volume_type_id
            """;

    private static string Wanted(bool only) => only ? "= @type" : "IS NOT NULL";

    public static async ValueTask<TypeCount> CountTypeAsync(this Tx tx, ProjectId project, VolumeTypeId type) =>
        await tx.FindAsync<TypeCount>(Sql(only: true), new { project, type }) ?? new();

    public static async ValueTask<Dictionary<VolumeTypeId, TypeCount>> CountTypesAsync(this Tx tx, ProjectId project) =>
        (await tx.ListAsync<TypeCount>(Sql(only: false), new { project })).ToDictionary(count => count.VolumeTypeId);
}
