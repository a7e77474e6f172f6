using System.Text.Json;

namespace Pipeline.Testing.Models;

/// <summary>Holds what the cloud lists and counts of block storage against the model.</summary>
internal sealed class StorageComparison(Estate estate, Comparison all)
{
    private const string Root = "/volume/v3";

    public async Task AsShownToAsync(ModelCaller caller)
    {
        var everywhere = caller.IsAdmin ? "?all_tenants=1" : "";
        var volumes = estate.Volumes.Where(v => Estate.Owns(caller, v)).ToList();
        var snapshots = estate.Snapshots.Where(s => Estate.Owns(caller, s)).ToList();
        var backups = estate.Backups.Where(b => Estate.Owns(caller, b)).ToList();
        await all.ListAsync(caller, VolumeSteps.Volumes + everywhere, "volumes", volumes);
        await all.ListAsync(caller, SnapshotSteps.Snapshots + everywhere, "snapshots", snapshots);
        await all.ListAsync(caller, BackupSteps.Backups + everywhere, "backups", backups);
        await all.ListAsync(
            caller,
            TransferSteps.Transfers + everywhere,
            "transfers",
            estate.Transfers.Where(t => Estate.Owns(caller, t))
        );
        await all.ListAsync(
            caller,
            VolumeTypeSteps.Types + (caller.IsAdmin ? "?is_public=None" : ""),
            "volume_types",
            estate.VolumeTypes.Where(t => Estate.Sees(caller, t))
        );
        await DetailAsync("volumes", volumes.Select(VolumeSteps.Describe), VolumeSteps.Describe);
        await DetailAsync("snapshots", snapshots.Select(SnapshotSteps.Describe), SnapshotSteps.Describe);
        await DetailAsync("backups", backups.Select(b => BackupSteps.Describe(estate, b)), BackupSteps.Describe);

        async Task DetailAsync(string name, IEnumerable<string> due, Func<JsonElement, string> describe) =>
            Comparison.Same(
                $"{name} of {caller} in detail",
                due,
                (await all.ItemsAsync(caller, $"{Root}/{name}/detail{everywhere}", name)).Select(describe)
            );
    }

    /// <summary>Nothing is reserved: what is asked for counts from then on.</summary>
    public async Task CountsAsync(ModelCaller admin, ModelCaller own)
    {
        var set = (await all.GetAsync(admin, $"{Root}/os-quota-sets/{own.Project}?usage=true")).GetProperty(
            "quota_set"
        );
        Comparison.Same(
            $"quotas of {own}",
            Estate.Stored.Select(r => $"{r} {estate.Used(own.Project, r)} of {estate.LimitOf(own.Project, r)}"),
            Estate.Stored.Select(r =>
                Comparison.Counted(
                    r,
                    set.GetProperty(r),
                    "in_use",
                    set.GetProperty(r).GetProperty("reserved").GetInt64()
                )
            )
        );
        var limits = (await all.GetAsync(own, $"{Root}/limits")).GetProperty("limits").GetProperty("absolute");
        Comparison.Same(
            $"limits of {own}",
            Estate.Stored.Select(r => $"{r} {estate.Used(own.Project, r)} of {estate.LimitOf(own.Project, r)}"),
            Estate.Stored.Select(r =>
                $"{r} {limits.GetProperty($"total{UsedOf(r)}Used")} of {limits.GetProperty(MostOf(r))}"
            )
        );
    }

    private static string UsedOf(string resource) =>
        resource == "backup_gigabytes" ? "BackupGigabytes" : char.ToUpperInvariant(resource[0]) + resource[1..];

    private static string MostOf(string resource) =>
        resource == "gigabytes" ? "maxTotalVolumeGigabytes" : $"maxTotal{UsedOf(resource)}";
}
