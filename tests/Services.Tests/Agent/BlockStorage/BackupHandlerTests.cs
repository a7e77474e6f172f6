using System.Security.Cryptography;
using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.Steps;
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
    private static readonly StepContext Telling = new(null!, null!, new Progress<double>());
    private const long Gib = 1L << 30;
    private const int Mib = 1 << 20;
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-backup-").FullName;
    private readonly MemoryParts store = new();
    private readonly Randomness randomness = Randomness.Seeded(7);
    private readonly VolumeBackends backends;
    private readonly VolumeFiles files;
    private readonly Qcow2VolumeDriver driver;
    private BackupFolder? kept;

    public BackupHandlerTests()
    {
        driver = new(new VolumeOptions(Path.Combine(folder, "volumes"), "cloud"), new Command(MachineTime.Clock));
        backends = new(new Dictionary<string, IVolumeDriver> { ["local"] = driver });
        files = VolumeFiles.Open(Path.Combine(folder, "transit"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_kept_comes_back_full_and_incremental_and_only_what_changed_is_kept_twice(bool inFolder)
    {
        await UseAsync(inFolder);
        var volume = await MakeAsync(1);
        var data = Path.Combine(folder, "data");
        await PutAsync(data, (0, Random(Mib)), (9 * Mib, Random(5 * Mib)), (Gib - 4096, Random(4096)));
        await FillAsync(volume, data);
        var first = await SumAsync(data);
        var (full, fullId) = await BackUpAsync(volume, null);
        Assert.Equal((4, 4), ((int)full.Blocks, Kept));
        await PutAsync(data, (10 * Mib, Random(4096)));
        await FillAsync(volume, data);
        var second = await SumAsync(data);
        var (next, nextId) = await BackUpAsync(volume, fullId);
        Assert.Equal((1, 5), ((int)next.Blocks, Kept));
        var (same, _) = await BackUpAsync(volume, nextId);
        Assert.Equal(0, same.Blocks);

        Assert.Equal(first, await RestoredAsync(fullId, full, 1));
        Assert.Equal(second, await RestoredAsync(nextId, next, 2));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "transit")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_block_is_found_and_the_volume_left_as_it_was(bool inFolder)
    {
        await UseAsync(inFolder);
        var volume = await MakeAsync(1);
        var data = Path.Combine(folder, "data");
        await PutAsync(data, (0, Random(Mib)));
        await FillAsync(volume, data);
        var (content, id) = await BackUpAsync(volume, null);
        Damage();
        var target = await MakeAsync(1);
        await PutAsync(data, (Mib, Random(4096)));
        await FillAsync(target, data);
        var fault = await Assert.ThrowsAsync<Fault>(() => RestoreAsync(target, id, content));
        Assert.Contains("damaged", fault.Message, StringComparison.Ordinal);
        Assert.Equal(await SumAsync(data), await ReadSumAsync(target, 1));
    }

    [Fact]
    public async Task A_try_that_was_cut_off_leaves_nothing_to_the_next_one()
    {
        await UseAsync(inFolder: true);
        var volume = await MakeAsync(1);
        var data = Path.Combine(folder, "data");
        await PutAsync(data, (0, Random(Mib)));
        await FillAsync(volume, data);
        var id = new BackupId(randomness.NewGuid());
        await kept!.BeginAsync(id, Ct);
        await kept.SendBackupPartAsync(id, new string('0', 64), new byte[1], Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "kept", $"{id}", $"{new string('1', 64)}.new"), "half", Ct);
        var content = await ReadAsync(volume, id, null);
        Assert.Equal((1, 2), ((int)content.Blocks, Directory.GetFiles(Path.Combine(folder, "kept", $"{id}")).Length));
        Assert.Equal(await SumAsync(data), await RestoredAsync(id, content, 1));
        var gone = new RemoveBackup(default, kept.Id, id);
        for (var again = 0; again < 2; again++)
            await new RemoveBackupHandler(Places).RunAsync(gone, null!, Ct);
        Assert.Empty(await kept.ListAsync(Ct));
    }

    [Fact]
    public async Task A_host_without_the_folder_refuses_and_writes_nothing()
    {
        await UseAsync(inFolder: true);
        var volume = await MakeAsync(1);
        var step = new WriteBackup(default, "local", volume, new(randomness.NewGuid()), "")
        {
            Folder = new(randomness.NewGuid()),
        };
        var fault = await Assert.ThrowsAsync<Fault>(() =>
            new WriteBackupHandler(backends, files, Places).RunAsync(step, Telling, Ct)
        );
        Assert.Equal(FaultCode.NotFound, fault.Code);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "transit")));
    }

    private BackupPlaces Places => new(store, kept);

    private int Kept => kept is null ? store.Blocks : Blocks().Count();

    private IEnumerable<string> Blocks() =>
        Directory
            .GetFiles(Path.Combine(folder, "kept"), "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path).Length == 64);

    private void Damage()
    {
        if (kept is null)
        {
            store.Damage();
            return;
        }
        using var file = File.OpenWrite(Blocks().First());
        file.Position = 7;
        file.WriteByte(1);
        file.WriteByte(2);
    }

    private async Task UseAsync(bool inFolder)
    {
        if (!inFolder)
            return;
        var place = Directory.CreateDirectory(Path.Combine(folder, "kept")).FullName;
        var fresh = new BackupFolderId(randomness.NewGuid());
        kept = await BackupFolder.OpenAsync(place, "cloud", Path.Combine(folder, "memory"), fresh, Ct);
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
        return (await ReadAsync(volume, id, parent), id);
    }

    private Task<BackupContent> ReadAsync(VolumeId volume, BackupId id, BackupId? parent)
    {
        var step = new ReadBackup(default, "local", volume, 1, id, parent) { Folder = kept?.Id };
        return new ReadBackupHandler(backends, files, Places).RunAsync(step, Telling, Ct);
    }

    private Task RestoreAsync(VolumeId volume, BackupId id, BackupContent content)
    {
        var step = new WriteBackup(default, "local", volume, id, content.Manifest) { Folder = kept?.Id };
        return new WriteBackupHandler(backends, files, Places).RunAsync(step, Telling, Ct);
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
}
