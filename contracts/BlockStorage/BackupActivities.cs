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
) : IHostActivity<BackupContent>;

/// <param name="Manifest">The SHA-256 in hex of the list of its blocks.</param>
/// <param name="Blocks">How many it keeps itself.</param>
/// <param name="Bytes">What they take.</param>
public sealed record BackupContent(string Manifest, long Blocks, long Bytes);

/// <summary>Puts what a backup holds in the place of what a volume holds; each block is compared with its sum. The rest of a larger volume is zeros.</summary>
/// <param name="Manifest">As <see cref="BackupContent"/> has it.</param>
public sealed record WriteBackup(HostId Host, string Backend, VolumeId VolumeId, BackupId BackupId, string Manifest)
    : IHostActivity<Done>;
