using System.Net;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Hosts;

/// <summary>How a host reaches volumes that lie on others, as it has told.</summary>
internal sealed record VolumeHost
{
    public HostId HostId { get; init; }
    public string Name { get; init; } = "";

    /// <summary>The address from which it comes; null where it has none for others.</summary>
    public string? Address { get; init; }

    /// <summary>Its iSCSI name.</summary>
    public string? Initiator { get; init; }

    /// <summary>The folder in which it keeps backups; null where it has none.</summary>
    public BackupFolderId? BackupFolder { get; init; }

    /// <summary>A host that names no address for storage comes from that of its tunnels.</summary>
    public static VolumeHost Of(HostReport report)
    {
        var facts = report.Inventory.Facts;
        return new()
        {
            HostId = report.Host,
            Name = report.Name,
            Address = AddressOf(facts, HostFactNames.StorageAddress) ?? AddressOf(facts, HostFactNames.Underlay),
            Initiator = facts.GetValueOrDefault(HostFactNames.Initiator),
            BackupFolder = BackupFolderId.TryParse(facts.GetValueOrDefault(HostFactNames.BackupFolder), out var folder)
                ? folder
                : null,
        };
    }

    /// <summary>Only an address becomes part of what a storage host is told.</summary>
    private static string? AddressOf(IReadOnlyDictionary<string, string> facts, string name) =>
        facts.TryGetValue(name, out var text) && IPAddress.TryParse(text, out var address) ? $"{address}" : null;
}

/// <summary>The SQL of hosts.</summary>
internal static class VolumeHostStore
{
    public static ValueTask<VolumeHost?> FindVolumeHostAsync(this Tx tx, HostId host) =>
        tx.FindAsync<VolumeHost>(
            "SELECT host_id, name, address, initiator, backup_folder FROM volume_hosts WHERE host_id = @host",
            new { host }
        );

    public static async ValueTask SaveVolumeHostAsync(this Tx tx, VolumeHost host) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO volume_hosts (host_id, name, address, initiator, backup_folder)
            VALUES (@HostId, @Name, @Address, @Initiator, @BackupFolder)
            ON CONFLICT (host_id) DO UPDATE SET name = excluded.name, address = excluded.address,
                initiator = excluded.initiator, backup_folder = excluded.backup_folder
            """,
            host
        );

    /// <summary>The hosts that have a folder of backups, whether they are up or not.</summary>
    public static ValueTask<IReadOnlyList<HostId>> ListFolderHostsAsync(this Tx tx, BackupFolderId folder) =>
        tx.ListAsync<HostId>(
            "SELECT host_id FROM volume_hosts WHERE backup_folder = @folder ORDER BY name",
            new { folder }
        );

    public static ValueTask<IReadOnlyList<BackupFolderId>> ListBackupFoldersAsync(this Tx tx) =>
        tx.ListAsync<BackupFolderId>(
            "SELECT DISTINCT backup_folder FROM volume_hosts WHERE backup_folder IS NOT NULL ORDER BY backup_folder"
        );
}
