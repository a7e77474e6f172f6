using System.Text.Json;
using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Backends;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>Volumes on the wire, by microversion.</summary>
internal static class VolumeView
{
    public static void WriteShort(Utf8JsonWriter w, Volume volume, string baseUrl)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, volume.Id.Value);
        w.WriteString("name"u8, volume.Name);
        Links.Write(w, baseUrl, volume.ProjectId, "volumes", volume.Id.ToString());
        w.WriteEndObject();
    }

    /// <summary>What create and update answer: without where it is.</summary>
    public static void WriteChanged(
        Utf8JsonWriter w,
        Volume volume,
        IEnumerable<Attachment> attachments,
        string baseUrl,
        bool isAdmin,
        Microversion version
    )
    {
        w.WriteStartObject();
        WriteBase(w, volume, attachments, baseUrl, isAdmin);
        WriteNewer(w, volume, isAdmin, version);
        w.WriteEndObject();
    }

    public static void Write(
        Utf8JsonWriter w,
        Volume volume,
        IEnumerable<Attachment> attachments,
        string baseUrl,
        bool isAdmin,
        Microversion version
    )
    {
        w.WriteStartObject();
        WriteBase(w, volume, attachments, baseUrl, isAdmin);
        w.WriteString("os-vol-tenant-attr:tenant_id"u8, volume.ProjectId.Value);
        if (isAdmin)
        {
            w.WriteString("os-vol-host-attr:host"u8, PoolOf(volume));
            w.WriteString("os-vol-mig-status-attr:migstat"u8, volume.MigrationStatus);
            w.WriteString("os-vol-mig-status-attr:name_id"u8, volume.NameId?.ToString());
        }
        if (volume.ImageMetadata != "{}")
            Pairs(w, "volume_image_metadata", volume.ImageMetadata);
        WriteNewer(w, volume, isAdmin, version);
        w.WriteEndObject();
    }

    /// <summary>What newer clients are told: no volume is in a group, and each attachment has a target of its own.</summary>
    private static void WriteNewer(Utf8JsonWriter w, Volume volume, bool isAdmin, Microversion version)
    {
        if (version >= VolumeVersions.Groups)
            w.WriteNull("group_id"u8);
        if (version >= VolumeVersions.ProviderId && isAdmin)
            w.WriteNull("provider_id"u8);
        if (version >= VolumeVersions.Targets)
        {
            w.WriteBoolean("shared_targets"u8, false);
            w.WriteNull("service_uuid"u8);
        }
        if (version >= VolumeVersions.ClusterName && isAdmin)
            w.WriteNull("cluster_name"u8);
        if (version >= VolumeVersions.TypeId)
            w.WriteString("volume_type_id"u8, volume.VolumeTypeId.Value);
        if (version >= VolumeVersions.ConsumesQuota)
            w.WriteBoolean("consumes_quota"u8, true);
    }

    /// <summary>Cinder's times: microseconds, and no zone, which is UTC.</summary>
    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", null);

    public static void Pairs(Utf8JsonWriter w, string name, string json)
    {
        w.WritePropertyName(name);
        w.WriteRawValue(json, skipInputValidation: true); // written by us, from a checked request
    }

    private static string? PoolOf(Volume volume) =>
        volume is { HostName: { } host, Backend: { } backend } ? BackendRow.PoolOf(host, backend) : null;

    private static void WriteBase(
        Utf8JsonWriter w,
        Volume volume,
        IEnumerable<Attachment> attachments,
        string baseUrl,
        bool isAdmin
    )
    {
        w.WriteString("id"u8, volume.Id.Value);
        w.WriteString("status"u8, volume.Shown);
        w.WriteNumber("size"u8, volume.SizeGib);
        w.WriteString("availability_zone"u8, volume.AvailabilityZone is { Length: > 0 } zone ? zone : null);
        w.WriteString("created_at"u8, Time(volume.CreatedAt));
        w.WriteString("updated_at"u8, volume.UpdatedAt is { } updated ? Time(updated) : null);
        w.WriteString("name"u8, volume.Name);
        w.WriteString("description"u8, volume.Description);
        w.WriteString("volume_type"u8, volume.TypeName);
        w.WriteString("snapshot_id"u8, volume.SnapshotId?.ToString());
        w.WriteString("source_volid"u8, volume.SourceVolumeId?.ToString());
        Pairs(w, "metadata", volume.Metadata);
        Links.Write(w, baseUrl, volume.ProjectId, "volumes", volume.Id.ToString());
        w.WriteString("user_id"u8, volume.UserId.Value);
        w.WriteString("bootable"u8, volume.Bootable ? "true"u8 : "false"u8);
        w.WriteBoolean("encrypted"u8, false);
        w.WriteNull("replication_status"u8);
        w.WriteNull("consistencygroup_id"u8);
        w.WriteBoolean("multiattach"u8, volume.Multiattach);
        if (isAdmin)
            w.WriteString("migration_status"u8, volume.MigrationStatus);
        w.WriteStartArray("attachments"u8);
        foreach (var attachment in attachments)
            if (attachment.AttachedAt is { } since)
                WriteAttachment(w, attachment, since, isAdmin);
        w.WriteEndArray();
    }

    /// <summary>The host's name is for operators: which hosts there are is their business.</summary>
    private static void WriteAttachment(Utf8JsonWriter w, Attachment attachment, DateTimeOffset since, bool isAdmin)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, attachment.VolumeId.Value);
        w.WriteString("attachment_id"u8, attachment.Id.Value);
        w.WriteString("volume_id"u8, attachment.VolumeId.Value);
        w.WriteString("server_id"u8, attachment.ServerId?.ToString());
        w.WriteString("host_name"u8, isAdmin ? attachment.HostName : null);
        w.WriteString("device"u8, attachment.Device);
        w.WriteString("attached_at"u8, Time(since));
        w.WriteEndObject();
    }
}
