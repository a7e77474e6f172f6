using System.Text.Json.Serialization;

namespace Pipeline.Contracts.BlockStorage;

/// <summary>
/// Reads a volume in blocks, and keeps those that its parent does not hold. What holds only zeros is not kept. Its undo is the backup's
/// own: what was kept of it goes by its name.
/// </summary>
/// <param name="Gib">The volume's size.</param>
/// <param name="Parent">Null for a full one.</param>
public sealed record ReadBackup(
    HostId Host,
    string Backend,
    VolumeId VolumeId,
    long Gib,
    BackupId BackupId,
    BackupId? Parent
) : IHostActivity<BackupContent>
{
    /// <summary>Where it is kept; null for the cloud's store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackupFolderId? Folder { get; init; }
}

/// <param name="Manifest">The SHA-256 in hex of the list of its blocks.</param>
/// <param name="Blocks">How many it keeps itself.</param>
/// <param name="Bytes">What they take.</param>
public sealed record BackupContent(string Manifest, long Blocks, long Bytes);

/// <summary>Puts what a backup holds in the place of what a volume holds; each block is compared with its sum. The rest of a larger volume is zeros.</summary>
/// <param name="Manifest">As <see cref="BackupContent"/> has it.</param>
public sealed record WriteBackup(HostId Host, string Backend, VolumeId VolumeId, BackupId BackupId, string Manifest)
    : IHostActivity<Done>
{
    /// <summary>Where it is kept; null for the cloud's store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackupFolderId? Folder { get; init; }
}

/// <summary>Removes all that a folder keeps of a backup. Absent is success.</summary>
public sealed record RemoveBackup(HostId Host, BackupFolderId Folder, BackupId BackupId) : IHostActivity<Done>;

/// <summary>A question: which backups have something in a folder, in the order of their ids, some thousands at once.</summary>
/// <param name="After">The last one of the answer before; null for the first.</param>
public sealed record ListKept(BackupFolderId Folder, BackupId? After);

/// <summary>The answer to it.</summary>
public sealed record KeptBackups(IReadOnlyList<KeptBackup> Kept);

/// <param name="WrittenAt">When something of it was last written or removed.</param>
/// <param name="IsWhole">The list of its blocks is there.</param>
public sealed record KeptBackup(BackupId Id, DateTimeOffset WrittenAt, bool IsWhole);

/// <summary>A question: whether a folder has a backup.</summary>
public sealed record LookAtBackup(BackupFolderId Folder, BackupId BackupId);

/// <summary>The answer to it.</summary>
/// <param name="Manifest">As <see cref="BackupContent"/> has it, of the list that lies there.</param>
public sealed record BackupLook(string Manifest);
