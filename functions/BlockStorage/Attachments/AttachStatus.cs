using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>Cinder's words for attachments, and what a volume shows that has them.</summary>
internal static class AttachStatus
{
    public const string Reserved = "reserved";
    public const string Attaching = "attaching";
    public const string Attached = "attached";
    public const string Detaching = "detaching";

    /// <summary>What a volume shows whose attachments are in these statuses.</summary>
    public static string ShownBy(IEnumerable<string> statuses)
    {
        var all = statuses.ToHashSet(StringComparer.Ordinal);
        return all.Contains(Attached) ? VolumeStatus.InUse
            : all.Contains(Attaching) ? VolumeStatus.Attaching
            : all.Contains(Detaching) ? VolumeStatus.Detaching
            : all.Contains(Reserved) ? VolumeStatus.Reserved
            : VolumeStatus.Available;
    }

    /// <summary>The volume as its attachments have it; what is done to it, or has failed, shows instead.</summary>
    public static Volume Following(this Volume volume, IEnumerable<Attachment> attachments) =>
        VolumeStatus.Follows(volume.Status)
            ? volume with
            {
                Status = ShownBy(attachments.Select(a => a.Status)),
            }
            : volume;
}
