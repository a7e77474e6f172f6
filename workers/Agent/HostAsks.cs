using System.Text.Json;
using Pipeline.Agent.BlockStorage;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent;

/// <summary>Answers the questions that come down the connection, which somebody waits for.</summary>
internal sealed class HostAsks(IHypervisorDriver hypervisor, VolumeBackends backends, BackupPlaces backups)
{
    /// <summary>Of backups in one answer, which is then well below a body's bound.</summary>
    private const int MostKept = 4000;

    public async Task<AskAnswer> AnswerAsync(HostSignal ask, CancellationToken ct)
    {
        try
        {
            return new(await TextAsync(ask.Name, ask.Body ?? "{}", ct), null);
        }
        catch (Fault fault)
        {
            return new(null, fault.Details);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return new(null, new(FaultCode.DriverFailed, cause.Message));
        }
    }

    private Task<string> TextAsync(string? question, string body, CancellationToken ct) =>
        question switch
        {
            nameof(ReadConsole) => ConsoleAsync(
                JsonSerializer.Deserialize(body, ContractsJson.Default.ReadConsole)!,
                ct
            ),
            nameof(ListUnmanaged) => UnmanagedAsync(
                JsonSerializer.Deserialize(body, ContractsJson.Default.ListUnmanaged)!,
                ct
            ),
            nameof(ListKept) => KeptAsync(JsonSerializer.Deserialize(body, ContractsJson.Default.ListKept)!, ct),
            nameof(LookAtBackup) => LookAsync(
                JsonSerializer.Deserialize(body, ContractsJson.Default.LookAtBackup)!,
                ct
            ),
            _ => throw new Fault(FaultCode.Unavailable, $"this host's agent does not know the question '{question}'"),
        };

    private async Task<string> ConsoleAsync(ReadConsole asked, CancellationToken ct) =>
        JsonSerializer.Serialize(
            new(await hypervisor.ReadConsoleAsync(asked.ServerId, ct)),
            ContractsJson.Default.ConsoleText
        );

    private async Task<string> UnmanagedAsync(ListUnmanaged asked, CancellationToken ct) =>
        JsonSerializer.Serialize(
            new(await backends.Find<IVolumeAdoption>(asked.Backend).ListUnmanagedAsync(ct)),
            ContractsJson.Default.UnmanagedVolumes
        );

    private async Task<string> KeptAsync(ListKept asked, CancellationToken ct) =>
        JsonSerializer.Serialize(
            new([
                .. (await backups.FolderOf(asked.Folder).ListAsync(ct))
                    .Where(kept => asked.After is not { } last || string.CompareOrdinal($"{kept.Id}", $"{last}") > 0)
                    .Take(MostKept),
            ]),
            ContractsJson.Default.KeptBackups
        );

    private async Task<string> LookAsync(LookAtBackup asked, CancellationToken ct)
    {
        var id = asked.BackupId;
        var list = await backups.FolderOf(asked.Folder).FetchBackupPartAsync(id, id, BackupManifest.Part, ct);
        return JsonSerializer.Serialize(new(BackupManifest.SumOf(list)), ContractsJson.Default.BackupLook);
    }
}
