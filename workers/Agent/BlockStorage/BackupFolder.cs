using System.Text;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Drivers;

namespace Pipeline.Agent.BlockStorage;

/// <summary>
/// A folder of files: `{backup}/{sum}` for each block that a backup keeps, `{backup}/manifest` for its list. A marker says which folder it
/// is and whose; one cloud alone has it, since it removes what it does not know.
/// </summary>
internal sealed class BackupFolder : IBackupFolder
{
    public const string Marker = "pipeline-backups";

    private readonly string folder;
    private readonly string marker;

    private BackupFolder(string folder, BackupFolderId id)
    {
        (this.folder, Id) = (folder, id);
        marker = Path.Combine(folder, Marker);
    }

    public BackupFolderId Id { get; }

    /// <summary>Opens it, or makes one of it, unless it was one when this host last opened it: then something is not mounted.</summary>
    /// <param name="folder">A full path; it has to be there.</param>
    /// <param name="memory">A file of this host, where it keeps which folder it had.</param>
    /// <param name="fresh">The id of one that is made.</param>
    /// <exception cref="Fault">Unavailable with the reason.</exception>
    public static async Task<BackupFolder> OpenAsync(
        string folder,
        string cloud,
        string memory,
        BackupFolderId fresh,
        CancellationToken ct
    )
    {
        try
        {
            if (!Directory.Exists(folder))
                throw new Fault(FaultCode.Unavailable, $"the backup folder {folder} is not there");
            var known = File.Exists(memory) ? await File.ReadAllLinesAsync(memory, ct) : [];
            var had = known is [var at, var last] && at == folder ? last : null;
            var path = Path.Combine(folder, Marker);
            if (had is null && !File.Exists(path))
                await MarkAsync(path, fresh, cloud, ct);
            if (!File.Exists(path) || await File.ReadAllLinesAsync(path, ct) is not [var name, var owner])
                throw new Fault(
                    FaultCode.Unavailable,
                    $"{folder} is not a folder of backups, though it was: is it mounted? If it is to be another one, remove {memory}"
                );
            if (owner != cloud || !BackupFolderId.TryParse(name, out var id))
                throw new Fault(
                    FaultCode.Unavailable,
                    $"the backup folder {folder} is that of cloud {owner}, as {path} says; this is {cloud}"
                );
            if (had is not null && had != name)
                throw new Fault(
                    FaultCode.Unavailable,
                    $"the backup folder {folder} is another one than it was; if that is meant, remove {memory}"
                );
            if (had is null)
                await SafeFile.WriteAsync(memory, Encoding.UTF8.GetBytes($"{folder}\n{name}\n"), ct);
            return new(folder, id);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.Unavailable, $"the backup folder {folder}: {cause.Message}", cause: cause);
        }
    }

    public Task BeginAsync(BackupId backup, CancellationToken ct) =>
        TryAsync(() =>
        {
            Check();
            SafeFile.RemoveFolder(PathOf(backup));
            SafeFile.MakeFolder(PathOf(backup));
            return Task.FromResult(Done.Instance);
        });

    /// <summary>What was begun is there; where it is not, the folder has gone from under us, and nothing is made in its place.</summary>
    public Task SendBackupPartAsync(BackupId backup, string part, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        TryAsync(async () =>
        {
            await SafeFile.WriteAsync(PathOf(backup, part), bytes, ct);
            return Done.Instance;
        });

    public Task<byte[]> FetchBackupPartAsync(BackupId backup, BackupId owner, string part, CancellationToken ct) =>
        TryAsync(async () =>
        {
            Check();
            var path = PathOf(owner, part);
            return File.Exists(path)
                ? await File.ReadAllBytesAsync(path, ct)
                : throw Fault.NotFound($"the backup folder does not hold {owner}/{part}");
        });

    public Task RemoveAsync(BackupId backup, CancellationToken ct) =>
        TryAsync(() =>
        {
            Check();
            SafeFile.RemoveFolder(PathOf(backup));
            return Task.FromResult(Done.Instance);
        });

    public Task<IReadOnlyList<KeptBackup>> ListAsync(CancellationToken ct) =>
        TryAsync(() =>
        {
            Check();
            var kept = new List<KeptBackup>();
            foreach (var one in new DirectoryInfo(folder).EnumerateDirectories())
                if (BackupId.TryParse(one.Name, out var id))
                    kept.Add(
                        new(id, new(one.LastWriteTimeUtc, TimeSpan.Zero), File.Exists(PathOf(id, BackupManifest.Part)))
                    );
            return Task.FromResult<IReadOnlyList<KeptBackup>>([
                .. kept.OrderBy(k => $"{k.Id}", StringComparer.Ordinal),
            ]);
        });

    /// <summary>Where two hosts make one of it at once, one has made it.</summary>
    private static async Task MarkAsync(string marker, BackupFolderId id, string cloud, CancellationToken ct)
    {
        var half = $"{marker}.{id}";
        await SafeFile.WriteAsync(half, Encoding.UTF8.GetBytes($"{id}\n{cloud}\n"), ct);
        try
        {
            File.Move(half, marker, overwrite: false);
        }
        catch (IOException) when (File.Exists(marker))
        {
            File.Delete(half);
        }
    }

    private string PathOf(BackupId backup) => Path.Combine(folder, $"{backup}");

    /// <summary>The names of blocks come from lists that lie in the folder: only what may be one leads to a file.</summary>
    private string PathOf(BackupId backup, string part) =>
        BackupManifest.IsPart(part)
            ? Path.Combine(PathOf(backup), part)
            : throw Fault.BadRequest($"'{part}' names no part of a backup");

    private void Check()
    {
        if (!File.Exists(marker) || File.ReadLines(marker).FirstOrDefault() != $"{Id}")
            throw new Fault(FaultCode.Unavailable, $"{folder} is not the backup folder {Id} now: is it mounted?");
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Fault full) when (full.Code == FaultCode.DiskFull)
        {
            throw new Fault(FaultCode.DiskFull, "the backup folder is full", cause: full);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.DriverFailed, $"the backup folder {folder}: {cause.Message}", cause: cause);
        }
    }
}
