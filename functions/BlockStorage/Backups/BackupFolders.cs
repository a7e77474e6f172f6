using System.Text.Json;
using Pipeline.BlockStorage.Hosts;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Runtime.Agents;

namespace Pipeline.BlockStorage.Backups;

/// <summary>What lies in folders of backups, asked of any host that has the folder and is connected.</summary>
internal sealed class BackupFolders(Database db, IHosts hosts, HostConnections connections)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <exception cref="Fault">Unavailable when no host that has the folder answers.</exception>
    public async Task<IReadOnlyList<KeptBackup>> ListAsync(BackupFolderId folder, BackupId? after, CancellationToken ct)
    {
        var ask = JsonSerializer.Serialize(new(folder, after), ContractsJson.Default.ListKept);
        var told = await AskAsync(folder, nameof(ListKept), ask, ct);
        return JsonSerializer.Deserialize(told, ContractsJson.Default.KeptBackups)!.Kept;
    }

    /// <returns>The sum of the list of its blocks that lies there; null for none.</returns>
    /// <exception cref="Fault">Unavailable when no host that has the folder answers.</exception>
    public async Task<string?> LookAsync(BackupFolderId folder, BackupId backup, CancellationToken ct)
    {
        var ask = JsonSerializer.Serialize(new(folder, backup), ContractsJson.Default.LookAtBackup);
        try
        {
            var told = await AskAsync(folder, nameof(LookAtBackup), ask, ct);
            return JsonSerializer.Deserialize(told, ContractsJson.Default.BackupLook)!.Manifest;
        }
        catch (Fault fault) when (fault.Code == FaultCode.NotFound)
        {
            return null;
        }
    }

    private async Task<string> AskAsync(BackupFolderId folder, string question, string body, CancellationToken ct)
    {
        var having = await db.ReadAsync(async tx =>
        {
            var up = (await hosts.ListUpAsync(tx)).ToHashSet();
            return (await tx.ListFolderHostsAsync(folder)).Where(up.Contains).ToList();
        });
        var unheard = new Fault(FaultCode.Unavailable, $"No host that has the backup folder {folder} is up.");
        foreach (var host in having)
            try
            {
                return await connections.AskAsync(host, question, body, Limit, ct);
            }
            catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
            {
                unheard = fault;
            }
        throw unheard;
    }
}
