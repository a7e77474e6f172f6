using System.Security.Cryptography;
using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Qcow2;
using Pipeline.Testing.Edge;

namespace Pipeline.Services.Tests.Agent.BlockStorage;

/// <summary>Backups of real volumes, by qemu-img: what comes back is compared by its sum.</summary>
public sealed class BackupHandlerTests : IDisposable
{
    private const long Gib = 1L << 30;
    private const int Mib = 1 << 20;
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-backup-").FullName;
    private readonly Parts parts = new();
    private readonly Randomness randomness = Randomness.Seeded(7);
    private readonly VolumeBackends backends;
    private readonly VolumeFiles files;
    private readonly Qcow2VolumeDriver driver;

    public BackupHandlerTests()
    {
        driver = new(new VolumeOptions(Path.Combine(folder, "volumes"), "cloud"), new Command(MachineTime.Clock));
        backends = new(new Dictionary<string, IVolumeDriver> { ["local"] = driver });
        files = VolumeFiles.Open(Path.Combine(folder, "transit"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_is_kept_comes_back_full_and_incremental_and_only_what_changed_is_kept_twice()
    {
        var volume = await MakeAsync(1);
        var data = Path.Combine(folder, "data");
        await PutAsync(data, (0, Random(Mib)), (9 * Mib, Random(5 * Mib)), (Gib - 4096, Random(4096)));
        await FillAsync(volume, data);
        var first = await SumAsync(data);
        var (full, fullId) = await BackUpAsync(volume, null);
        Assert.Equal((4, 4), ((int)full.Blocks, parts.Blocks));
        await PutAsync(data, (10 * Mib, Random(4096)));
        await FillAsync(volume, data);
        var second = await SumAsync(data);
        var (next, nextId) = await BackUpAsync(volume, fullId);
        Assert.Equal((1, 5), ((int)next.Blocks, parts.Blocks));
        var (same, _) = await BackUpAsync(volume, nextId);
        Assert.Equal(0, same.Blocks);

        Assert.Equal(first, await RestoredAsync(fullId, full, 1));
        Assert.Equal(second, await RestoredAsync(nextId, next, 2));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "transit")));
    }

    [Fact]
    public async Task A_damaged_block_is_found_and_the_volume_left_as_it_was()
    {
        var volume = await MakeAsync(1);
        var data = Path.Combine(folder, "data");
        await PutAsync(data, (0, Random(Mib)));
        await FillAsync(volume, data);
        var (content, id) = await BackUpAsync(volume, null);
        parts.Damage();
        var target = await MakeAsync(1);
        await PutAsync(data, (Mib, Random(4096)));
        await FillAsync(target, data);
        var fault = await Assert.ThrowsAsync<Fault>(() => RestoreAsync(target, id, content));
        Assert.Contains("damaged", fault.Message, StringComparison.Ordinal);
        Assert.Equal(await SumAsync(data), await ReadSumAsync(target, 1));
    }

    private async Task<VolumeId> MakeAsync(int gib)
    {
        var id = new VolumeId(randomness.NewGuid());
        await driver.EnsureVolumeAsync(new(id, "cloud", gib * Gib), Ct);
        return id;
    }

    private Task FillAsync(VolumeId volume, string file) =>
        driver.WriteImageAsync(volume, new(new ImageId(randomness.NewGuid()), file, "raw"), null, Ct);

    private async Task<(BackupContent Content, BackupId Id)> BackUpAsync(VolumeId volume, BackupId? parent)
    {
        var id = new BackupId(randomness.NewGuid());
        var step = new ReadBackup(default, "local", volume, 1, id, parent);
        return (await new ReadBackupHandler(backends, files, parts).RunAsync(step, null!, Ct), id);
    }

    private Task RestoreAsync(VolumeId volume, BackupId id, BackupContent content)
    {
        var step = new WriteBackup(default, "local", volume, id, content.Manifest);
        return new WriteBackupHandler(backends, files, parts).RunAsync(step, null!, Ct);
    }

    /// <summary>The sum of the first GiB of a new volume that holds what the backup does.</summary>
    private async Task<string> RestoredAsync(BackupId id, BackupContent content, int gib)
    {
        var volume = await MakeAsync(gib);
        await RestoreAsync(volume, id, content);
        return await ReadSumAsync(volume, gib);
    }

    private async Task<string> ReadSumAsync(VolumeId volume, int gib)
    {
        var path = Path.Combine(folder, $"read-{volume}");
        await driver.ReadImageAsync(volume, path, "raw", null, Ct);
        Assert.Equal(gib * Gib, new FileInfo(path).Length);
        await using (var file = File.OpenWrite(path))
            file.SetLength(Gib);
        return await SumAsync(path);
    }

    private static async Task PutAsync(string path, params (long At, byte[] Bytes)[] marks)
    {
        await using var file = File.OpenWrite(path);
        file.SetLength(Gib);
        foreach (var (at, bytes) in marks)
        {
            file.Position = at;
            await file.WriteAsync(bytes, Ct);
        }
    }

    private static async Task<string> SumAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, Ct));
    }

    private byte[] Random(int count) => randomness.Bytes(count);

    /// <summary>Parts in memory.</summary>
    private sealed class Parts : IBackupParts
    {
        private readonly Dictionary<string, byte[]> kept = [];

        public int Blocks => kept.Keys.Count(name => !name.EndsWith("/manifest", StringComparison.Ordinal));

        public void Damage() =>
            kept.First(part => !part.Key.EndsWith("/manifest", StringComparison.Ordinal)).Value[7] ^= 1;

        public Task SendBackupPartAsync(BackupId backup, string part, ReadOnlyMemory<byte> bytes, CancellationToken ct)
        {
            kept[$"{backup}/{part}"] = bytes.ToArray();
            return Task.CompletedTask;
        }

        public Task<byte[]> FetchBackupPartAsync(BackupId backup, BackupId owner, string part, CancellationToken ct) =>
            Task.FromResult(kept[$"{owner}/{part}"]);
    }
}
