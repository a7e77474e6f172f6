using System.Text.Json;
using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>Snapshots on the wire, by microversion.</summary>
internal static class SnapshotView
{
    /// <param name="extended">Show and detail say how far it is and whose it is, too.</param>
    public static void Write(Utf8JsonWriter w, Snapshot snapshot, bool extended, Microversion version)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, snapshot.Id.Value);
        w.WriteString("name"u8, snapshot.Name);
        w.WriteString("description"u8, snapshot.Description);
        w.WriteString("status"u8, snapshot.Status);
        w.WriteString("volume_id"u8, snapshot.VolumeId.Value);
        w.WriteNumber("size"u8, snapshot.SizeGib);
        w.WriteString("created_at"u8, VolumeView.Time(snapshot.CreatedAt));
        w.WriteString("updated_at"u8, snapshot.UpdatedAt is { } updated ? VolumeView.Time(updated) : null);
        VolumeView.Pairs(w, "metadata", snapshot.Metadata);
        if (extended)
        {
            var done = snapshot.Status is SnapshotStatus.Available or SnapshotStatus.Deleting;
            w.WriteString("os-extended-snapshot-attributes:progress"u8, done ? "100%" : snapshot.Progress ?? "0%");
            w.WriteString("os-extended-snapshot-attributes:project_id"u8, snapshot.ProjectId.Value);
        }
        if (version >= VolumeVersions.GroupSnapshots)
            w.WriteNull("group_snapshot_id"u8);
        if (version >= VolumeVersions.SnapshotUser)
            w.WriteString("user_id"u8, snapshot.UserId.Value);
        if (version >= VolumeVersions.ConsumesQuota)
            w.WriteBoolean("consumes_quota"u8, true);
        w.WriteEndObject();
    }

    public static Answer Answer(int status, Snapshot snapshot, bool extended, Microversion version) =>
        Runtime.Answer.Written(
            status,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("snapshot");
                Write(w, snapshot, extended, version);
                w.WriteEndObject();
            }
        );
}
