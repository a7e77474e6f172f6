using System.Text.Json;

namespace Pipeline.BlockStorage.Extensions;

/// <summary>A part of the API by the name under which clients look for it. Only what works is listed.</summary>
/// <param name="Updated">The day of the extension's definition.</param>
internal sealed record Extension(string Alias, string Name, string Description, string Updated)
{
    public static IReadOnlyList<Extension> All { get; } =
    [
        new("backups", "Backups", "What volumes held, kept elsewhere.", "2012-12-12"),
        new("capabilities", "Capabilities", "What extra specs may ask of a backend.", "2015-08-31"),
        new("os-availability-zone", "AvailabilityZones", "The zones of volumes.", "2013-06-27"),
        new("os-hosts", "Hosts", "Backends on their hosts.", "2011-06-29"),
        new("os-quota-class-sets", "QuotaClasses", "Limits of projects that have none of their own.", "2012-03-12"),
        new("os-quota-sets", "Quotas", "Limits by project.", "2011-08-08"),
        new("os-services", "Services", "The scheduler and the backends, and what serves.", "2012-10-28"),
        new(
            "os-extended-snapshot-attributes",
            "ExtendedSnapshotAttributes",
            "How far a snapshot is, and whose.",
            "2012-06-19"
        ),
        new("os-snapshot-actions", "SnapshotActions", "What is done to snapshots.", "2013-07-16"),
        new("os-types-extra-specs", "TypesExtraSpecs", "What a type asks of its backends.", "2011-08-24"),
        new("os-types-manage", "TypesManage", "Types, made and changed.", "2011-08-24"),
        new("os-used-limits", "UsedLimits", "What a project uses, beside its limits.", "2013-10-03"),
        new("os-vol-host-attr", "VolumeHostAttribute", "Where a volume is, for operators.", "2011-11-03"),
        new("os-vol-image-meta", "VolumeImageMetadata", "What a volume remembers of its image.", "2012-12-07"),
        new("os-vol-mig-status-attr", "VolumeMigStatusAttribute", "Whether a volume is being moved.", "2013-08-08"),
        new("os-vol-tenant-attr", "VolumeTenantAttribute", "Whose a volume is.", "2011-11-03"),
        new("os-volume-actions", "VolumeActions", "What is done to volumes.", "2012-05-31"),
        new("os-volume-manage", "VolumeManage", "Volumes made of what lies on a backend.", "2014-02-10"),
        new("os-volume-transfer", "VolumeTransfer", "Volumes that go from project to project.", "2013-05-29"),
        new("os-volume-unmanage", "VolumeUnmanage", "Volumes let go, and what they hold left.", "2012-05-31"),
        new("os-volume-type-access", "VolumeTypeAccess", "Types for some projects alone.", "2014-06-26"),
        new("qos-specs", "Qos_specs_manage", "Limits of volumes, by type.", "2013-08-02"),
        new("scheduler-stats", "Scheduler_stats", "What the scheduler chooses from.", "2014-09-07"),
    ];

    public void Write(Utf8JsonWriter w)
    {
        w.WriteStartObject();
        w.WriteString("alias", Alias);
        w.WriteString("name", Name);
        w.WriteString("description", Description);
        w.WriteStartArray("links");
        w.WriteEndArray();
        w.WriteString("updated", $"{Updated}T00:00:00+00:00");
        w.WriteEndObject();
    }
}
