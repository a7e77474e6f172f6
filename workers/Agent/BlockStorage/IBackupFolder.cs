using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts.BlockStorage;

namespace Pipeline.Agent.BlockStorage;

/// <summary>
/// A folder in which backups are kept as files, which other hosts may have as well. Every call throws `Unavailable` while what is there
/// is not this folder, as where nothing is mounted; `DiskFull`; `DriverFailed` with what the system says.
/// </summary>
internal interface IBackupFolder : IBackupParts
{
    BackupFolderId Id { get; }

    /// <summary>Begins to keep a backup; what an earlier try has left of it goes.</summary>
    Task BeginAsync(BackupId backup, CancellationToken ct);

    /// <summary>Removes all that is kept of a backup; absent is success.</summary>
    Task RemoveAsync(BackupId backup, CancellationToken ct);

    /// <summary>All that have something here, by their ids as text.</summary>
    Task<IReadOnlyList<KeptBackup>> ListAsync(CancellationToken ct);
}

/// <summary>Where backups may be kept, as this host reaches it.</summary>
internal sealed class BackupPlaces(IBackupParts store, IBackupFolder? folder)
{
    public bool Has(BackupFolderId id) => folder?.Id == id;

    /// <param name="id">Null for the cloud's store.</param>
    /// <exception cref="Fault">NotFound when this host has not that folder.</exception>
    public IBackupParts Of(BackupFolderId? id) => id is { } wanted ? FolderOf(wanted) : store;

    /// <exception cref="Fault">NotFound when this host has not that folder.</exception>
    public IBackupFolder FolderOf(BackupFolderId id) =>
        folder?.Id == id ? folder : throw Fault.NotFound($"this host does not have the backup folder {id}");
}
