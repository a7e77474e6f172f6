using Pipeline.Contracts.BlockStorage;
using Pipeline.Drivers;

namespace Pipeline.Agent.BlockStorage;

/// <summary>What a folder of backups holds without metal, by `{backup}/{part}`. It outlives its hosts, which may share it.</summary>
public sealed class FakeFolder(BackupFolderId id, TimeProvider time)
{
    public BackupFolderId Id { get; } = id;

    public SortedDictionary<string, byte[]> Parts { get; } = new(StringComparer.Ordinal);

    /// <summary>When something of a backup was last written.</summary>
    public SortedDictionary<string, DateTimeOffset> Written { get; } = new(StringComparer.Ordinal);

    public void Put(string backup, string part, byte[] bytes)
    {
        Parts[$"{backup}/{part}"] = bytes;
        Written[backup] = time.GetUtcNow();
    }

    public void Remove(string backup)
    {
        foreach (var name in Parts.Keys.Where(name => name.StartsWith($"{backup}/", StringComparison.Ordinal)).ToList())
            Parts.Remove(name);
        Written.Remove(backup);
    }
}

/// <summary>The folder as one host has it, whose metal's hooks each operation passes.</summary>
internal sealed class FakeBackupFolder(FakeHost host, FakeFolder folder) : IBackupFolder
{
    public BackupFolderId Id => folder.Id;

    public Task BeginAsync(BackupId backup, CancellationToken ct) => DoAsync("BeginBackup", backup, folder.Remove, ct);

    public Task SendBackupPartAsync(BackupId backup, string part, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        BackupManifest.IsPart(part)
            ? DoAsync("KeepBackupPart", backup, id => folder.Put(id, part, bytes.ToArray()), ct)
            : throw Fault.BadRequest($"'{part}' names no part of a backup");

    public Task<byte[]> FetchBackupPartAsync(BackupId backup, BackupId owner, string part, CancellationToken ct) =>
        host.DoAsync(
            "FetchBackupPart",
            $"{backup}",
            () =>
                folder.Parts.TryGetValue($"{owner}/{part}", out var bytes)
                    ? bytes
                    : throw Fault.NotFound($"the backup folder does not hold {owner}/{part}"),
            ct
        );

    public Task RemoveAsync(BackupId backup, CancellationToken ct) =>
        DoAsync("RemoveBackup", backup, folder.Remove, ct);

    public Task<IReadOnlyList<KeptBackup>> ListAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<KeptBackup>>([
            .. folder.Written.Select(kept => new KeptBackup(
                new(new Guid(kept.Key)),
                kept.Value,
                folder.Parts.ContainsKey($"{kept.Key}/{BackupManifest.Part}")
            )),
        ]);

    private Task DoAsync(string operation, BackupId backup, Action<string> effect, CancellationToken ct) =>
        host.DoAsync(
            operation,
            $"{backup}",
            () =>
            {
                effect($"{backup}");
                return true;
            },
            ct
        );
}
