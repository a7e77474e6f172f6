using System.Text.Json;
using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Backups;

/// <summary>Backups on the wire, by microversion.</summary>
internal static class BackupView
{
    public static void WriteShort(Utf8JsonWriter w, Backup backup, string baseUrl)
    {
        w.WriteStartObject();
        WriteNames(w, backup, baseUrl);
        w.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter w, Backup backup, string baseUrl, bool isAdmin, Microversion version)
    {
        w.WriteStartObject();
        WriteNames(w, backup, baseUrl);
        w.WriteString("status"u8, backup.Status);
        w.WriteNumber("size"u8, backup.SizeGib);
        w.WriteNumber("object_count"u8, backup.Blocks);
        w.WriteString("availability_zone"u8, backup.Zone);
        w.WriteString("container"u8, backup.Container);
        w.WriteString("created_at"u8, VolumeView.Time(backup.CreatedAt));
        w.WriteString("updated_at"u8, backup.UpdatedAt is { } updated ? VolumeView.Time(updated) : null);
        w.WriteString("description"u8, backup.Description);
        w.WriteString("fail_reason"u8, backup.FailReason);
        w.WriteString("volume_id"u8, backup.VolumeId.Value);
        w.WriteBoolean("is_incremental"u8, backup.ParentId is not null);
        w.WriteBoolean("has_dependent_backups"u8, backup.Dependents > 0);
        w.WriteString("snapshot_id"u8, backup.SnapshotId?.ToString());
        w.WriteString("data_timestamp"u8, VolumeView.Time(backup.DataAt));
        if (version >= VolumeVersions.BackupProject && isAdmin)
            w.WriteString("os-backup-project-attr:project_id"u8, backup.ProjectId.Value);
        if (version >= VolumeVersions.BackupMetadata)
            VolumeView.Pairs(w, "metadata", backup.Metadata);
        if (version >= VolumeVersions.BackupUser && isAdmin)
            w.WriteString("user_id"u8, backup.UserId.Value);
        w.WriteEndObject();
    }

    public static Answer Answer(int status, string name, Action<Utf8JsonWriter> write) =>
        Runtime.Answer.Written(
            status,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName(name);
                write(w);
                w.WriteEndObject();
            }
        );

    private static void WriteNames(Utf8JsonWriter w, Backup backup, string baseUrl)
    {
        w.WriteString("id"u8, backup.Id.Value);
        w.WriteString("name"u8, backup.Name);
        Links.Write(w, baseUrl, backup.ProjectId, "backups", backup.Id.ToString());
    }
}
