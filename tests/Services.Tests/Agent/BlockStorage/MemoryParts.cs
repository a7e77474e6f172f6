using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts;

namespace Pipeline.Services.Tests.Agent.BlockStorage;

/// <summary>Parts of backups, and of volumes that move, in memory.</summary>
internal sealed class MemoryParts : IBackupParts
{
    private readonly Dictionary<string, byte[]> kept = [];

    public int Blocks => kept.Keys.Count(name => !name.EndsWith("/manifest", StringComparison.Ordinal));

    public void Damage() => kept.First(part => !part.Key.EndsWith("/manifest", StringComparison.Ordinal)).Value[7] ^= 1;

    public Task SendBackupPartAsync(BackupId backup, string part, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        kept[$"{backup}/{part}"] = bytes.ToArray();
        return Task.CompletedTask;
    }

    public Task<byte[]> FetchBackupPartAsync(BackupId backup, BackupId owner, string part, CancellationToken ct) =>
        Task.FromResult(kept[$"{owner}/{part}"]);
}
