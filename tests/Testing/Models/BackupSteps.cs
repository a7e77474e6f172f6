using System.Text.Json;

namespace Pipeline.Testing.Models;

/// <summary>Calls about backups of volumes, whole ones and those that stand on others.</summary>
internal static class BackupSteps
{
    public const string Backups = "/volume/v3/backups";

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create backup", 7, Create),
        new("show backup", 2, Show),
        new("restore backup", 4, Restore),
        new("delete backup", 4, Delete),
    ];

    private static Call? Create(Asking ask)
    {
        var estate = ask.Estate;
        var (id, volume) = estate.Pick(estate.Volumes, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(Rank.Member);
        ask.RefusedIf(volume is null || !Estate.Owns(ask.Caller, volume), 404);
        var (force, of) = (ask.Step.How % 3 > 0, SnapshotFor(ask));
        // Two of one snapshot hold the same: which of them the next one stands on is nobody's matter.
        if (of is not null && estate.Backups.Exists(b => b.At == of.At))
            return null;
        var wants = ask.Step.Other % 2 == 0;
        var parent = wants && volume is not null ? ParentOf(estate, volume, of) : null;
        if (volume is not null)
        {
            ask.RefusedIf(of is not null && of.Volume != volume, 400);
            ask.RefusedIf(volume.Status is not (AVolume.Available or AVolume.InUse), 400);
            ask.RefusedIf(volume.Status == AVolume.InUse && of is null && !force, 400);
            ask.RefusedIf(wants && parent is null, 400);
            ask.RefusedIf(estate.Lacks(volume.Project, "backups"), 413);
            ask.RefusedIf(estate.Lacks(volume.Project, "backup_gigabytes", of?.Gib ?? volume.Gib), 413);
        }
        ask.RefusedIf(of is not null && !Estate.Owns(ask.Caller, of), 404);
        var body = $$$"""
            {"backup": {"volume_id": "{{{id}}}", "name": "b{{{ask.Step.How}}}", "force": {{{(
                force ? "true" : "false"
            )}}},
             "incremental": {{{(wants ? "true" : "false")}}}{{{(
                of is null ? "" : $", \"snapshot_id\": \"{of.Id}\""
            )}}}}}
            """;
        return ask.Call(
            "POST",
            Backups,
            body,
            202,
            answer =>
                estate.Backups.Add(
                    new(
                        answer.Text("backup", "id"),
                        volume!.Project,
                        volume.Id,
                        of?.Gib ?? volume.Gib,
                        of?.At ?? estate.Next()
                    )
                    {
                        IsBootable = volume.IsBootable,
                        Parent = parent,
                    }
                )
        ) with
        {
            Settles = true,
        };
    }

    /// <summary>One in four is of a snapshot, now and then of another volume's.</summary>
    private static ASnapshot? SnapshotFor(Asking ask) =>
        ask.Step.How % 4 == 0 ? ask.Estate.Pick(ask.Estate.Snapshots, ask.Step.Other, ask.Caller).Thing : null;

    /// <summary>The newest of what the volume held before, if its project has it.</summary>
    private static ABackup? ParentOf(Estate estate, AVolume volume, ASnapshot? of) =>
        estate
            .Backups.Where(b => b.Volume == volume.Id && b.Project == volume.Project && b.At < (of?.At ?? int.MaxValue))
            .MaxBy(b => b.At);

    private static Call? Show(Asking ask) =>
        About(ask, Rank.Reader) is { } it
            ? ask.Call(
                "GET",
                it.Path,
                "",
                200,
                answer =>
                    Comparison.Same(
                        "a backup that is shown",
                        [Describe(ask.Estate, it.Backup!)],
                        [Describe(answer.Json.GetProperty("backup"))]
                    )
            )
            : null;

    /// <summary>To a new volume, or over one that is free and large enough.</summary>
    private static Call? Restore(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var (estate, caller, backup) = (ask.Estate, ask.Caller, it.Backup);
        var (id, volume) = estate.Pick(estate.Volumes, ask.Step.Other, caller);
        if (ask.Step.How % 2 == 0 || id.Length == 0)
        {
            ask.RefusedIf(estate.Lacks(caller.Project, "volumes"), 413);
            ask.RefusedIf(backup is not null && estate.Lacks(caller.Project, "gigabytes", backup.Gib), 413);
            return Restored(
                $$$"""{"restore": {"name": "v{{{ask.Step.How % 20}}}"}}""",
                made => Add(ask, backup!, made)
            );
        }
        ask.RefusedIf(volume is null || !Estate.Owns(caller, volume), 404);
        ask.RefusedIf(volume is { IsFree: false } || volume?.Gib < backup?.Gib, 400);
        return Restored(
            $$$"""{"restore": {"volume_id": "{{{id}}}"}}""",
            _ => volume!.IsBootable = volume.IsBootable || backup!.IsBootable
        );

        Call Restored(string body, Action<string> effect) =>
            ask.Call(
                "POST",
                $"{it.Path}/restore",
                body,
                202,
                answer => effect(answer.Text("restore", "volume_id"))
            ) with
            {
                Settles = true,
            };
    }

    private static void Add(Asking ask, ABackup backup, string id) =>
        ask.Estate.Volumes.Add(
            new(id, ask.Caller.Project, backup.Gib, ask.Estate.VolumeTypes.First(t => t.IsDefault))
            {
                Name = $"v{ask.Step.How % 20}",
                IsBootable = backup.IsBootable,
            }
        );

    private static Call? Delete(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        ask.RefusedIf(it.Backup is not null && HasOthers(ask.Estate, it.Backup), 400);
        return ask.Call("DELETE", it.Path, "", 202, _ => ask.Estate.Remove(ask.Estate.Backups, it.Backup!)) with
        {
            Settles = true,
        };
    }

    /// <summary>That stand on it.</summary>
    private static bool HasOthers(Estate estate, ABackup backup) => estate.Backups.Exists(b => b.Parent == backup);

    private static (string Path, ABackup? Backup)? About(Asking ask, Rank rank)
    {
        var (id, backup) = ask.Estate.Pick(ask.Estate.Backups, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(backup is null || !Estate.Owns(ask.Caller, backup), 404);
        return ($"{Backups}/{id}", backup);
    }

    /// <summary>A backup as it is shown, in the model's words.</summary>
    public static string Describe(JsonElement json) =>
        string.Join(
            ' ',
            json.GetProperty("id").GetString(),
            json.GetProperty("status").GetString(),
            json.GetProperty("volume_id").GetString(),
            json.GetProperty("size").GetInt64(),
            json.GetProperty("is_incremental").GetBoolean(),
            json.GetProperty("has_dependent_backups").GetBoolean()
        );

    public static string Describe(Estate estate, ABackup backup) =>
        string.Join(
            ' ',
            backup.Id,
            AVolume.Available,
            backup.Volume,
            backup.Gib,
            backup.Parent is not null,
            HasOthers(estate, backup)
        );
}
