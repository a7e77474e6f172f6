using Pipeline.BlockStorage.Quotas;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Limits;

/// <summary>`limits`: what the caller's project may have and has, in the names of 3.0.</summary>
internal sealed class ShowLimits(Database db)
{
    private static readonly IReadOnlyList<(string Name, string Quota)> Maxima =
    [
        ("maxTotalVolumes", VolumeQuota.Volumes),
        ("maxTotalSnapshots", VolumeQuota.Snapshots),
        ("maxTotalVolumeGigabytes", VolumeQuota.Gigabytes),
        ("maxTotalBackups", VolumeQuota.Backups),
        ("maxTotalBackupGigabytes", VolumeQuota.BackupGigabytes),
    ];

    private static readonly IReadOnlyList<(string Name, string Quota)> Totals =
    [
        ("totalVolumesUsed", VolumeQuota.Volumes),
        ("totalSnapshotsUsed", VolumeQuota.Snapshots),
        ("totalGigabytesUsed", VolumeQuota.Gigabytes),
        ("totalBackupsUsed", VolumeQuota.Backups),
        ("totalBackupGigabytesUsed", VolumeQuota.BackupGigabytes),
    ];

    [Function("volume-limits"), Policy("limits_extension:used_limits", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/limits")] HttpRequest request,
        Caller caller,
        Microversion version
    )
    {
        var asked = version >= VolumeVersions.LimitsOfProject ? ProjectOf(request, caller) : caller.Project;
        var set = await db.ReadAsync(tx => QuotaSet.ReadAsync(tx, asked));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject("limits");
                w.WriteStartArray("rate");
                w.WriteEndArray();
                w.WriteStartObject("absolute");
                foreach (var (name, quota) in Maxima)
                    w.WriteNumber(name, set.Of(quota).Limit);
                foreach (var (name, quota) in Totals)
                    w.WriteNumber(name, set.Of(quota).Used);
                w.WriteEndObject();
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }

    /// <summary>An operator may ask for any project's.</summary>
    private static ProjectId ProjectOf(HttpRequest request, Caller caller) =>
        caller.IsAdmin && (Query.Of(request)["project_id"] ?? Query.Of(request)["tenant_id"]) is { Length: > 0 } named
            ? new ProjectId(named)
            : caller.Project;
}
