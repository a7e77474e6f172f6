namespace Pipeline.Agent.ControlPlane;

/// <summary>Where the parts of backups are kept. Every call may throw `Unavailable`.</summary>
public interface IBackupParts
{
    /// <summary>Has a part of a backup kept that this host makes: a block by its sum, or the list of all.</summary>
    Task SendBackupPartAsync(BackupId backup, string part, ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>A part of a backup that this host works on, or of one that it stands on.</summary>
    /// <param name="owner">The backup that keeps the part.</param>
    Task<byte[]> FetchBackupPartAsync(BackupId backup, BackupId owner, string part, CancellationToken ct);
}
