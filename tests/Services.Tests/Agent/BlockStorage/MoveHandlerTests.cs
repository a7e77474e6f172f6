using System.Security.Cryptography;
using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.Steps;
using Pipeline.Contracts;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Nbd;
using Pipeline.Drivers.Volume.Pool;
using Pipeline.Drivers.Volume.Qcow2;
using Pipeline.Testing.Edge;

namespace Pipeline.Services.Tests.Agent.BlockStorage;

/// <summary>Real volumes go from one backend of a host to another, under another name: what arrives is compared by its sum.</summary>
public sealed class MoveHandlerTests : IDisposable
{
    private static readonly StepContext Telling = new(null!, null!, new Progress<double>());
    private const long Gib = 1L << 30;
    private const int Mib = 1 << 20;
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-move-").FullName;
    private readonly MemoryParts parts = new();
    private readonly Randomness randomness = Randomness.Seeded(11);
    private readonly VolumeBackends backends;
    private readonly VolumeFiles files;

    /// <summary>Bytes that the full backend has free.</summary>
    private long free = 1L << 40;

    public MoveHandlerTests()
    {
        var command = new Command(MachineTime.Clock);
        backends = new(
            new Dictionary<string, IVolumeDriver>
            {
                ["file"] = new Qcow2VolumeDriver(OptionsOf("file"), command),
                ["pool"] = new PoolVolumeDriver(OptionsOf("pool"), command),
                ["nbd"] = new NbdVolumeDriver(OptionsOf("nbd"), new("127.0.0.1"), command, MachineTime.Clock),
                ["full"] = new PoolVolumeDriver(OptionsOf("full") with { Room = _ => (1L << 40, free) }, command),
            }
        );
        files = VolumeFiles.Open(Path.Combine(folder, "transit"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("file", "pool")]
    [InlineData("file", "nbd")]
    [InlineData("nbd", "file")]
    [InlineData("pool", "pool")]
    public async Task A_volume_arrives_as_it_was_sparse_and_the_old_one_goes(string from, string to)
    {
        var (volume, name) = (Id(), Id());
        await backends.Find(from).EnsureVolumeAsync(new(volume, "cloud", Gib), Ct);
        var sum = await FillAsync(from, volume);
        var content = await CopyAsync(from, volume, to, name);
        Assert.Equal(3, content.Blocks);
        Assert.Equal(sum, await SumAsync(to, name));
        var there = await FindAsync(to, name);
        Assert.Equal(Gib, there?.Bytes);
        Assert.True(there?.Allocated < 64 * Mib, $"{there?.Allocated} bytes");
        await new RemoveVolumeHandler(backends).RunAsync(new(default, volume, []), null!, Ct);
        Assert.Null(await FindAsync(from, volume));
        Assert.Equal(sum, await SumAsync(to, name));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "transit")));
    }

    [Fact]
    public async Task One_that_finds_the_disk_full_is_whole_where_it_was()
    {
        var (volume, name) = (Id(), Id());
        await backends.Find("file").EnsureVolumeAsync(new(volume, "cloud", Gib), Ct);
        var sum = await FillAsync("file", volume);
        await backends.Find("full").EnsureVolumeAsync(new(name, "cloud", Gib), Ct);
        free = 0;
        var fault = await Assert.ThrowsAsync<Fault>(() => CopyAsync("file", volume, "full", name));
        Assert.Equal(FaultCode.DiskFull, fault.Code);
        await new RemoveVolumeHandler(backends).RunAsync(new(default, name, []), null!, Ct);
        Assert.Null(await FindAsync("full", name));
        Assert.Equal(sum, await SumAsync("file", volume));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "transit")));
    }

    private VolumeOptions OptionsOf(string name) => new(Path.Combine(folder, name), "cloud");

    private VolumeId Id() => new(randomness.NewGuid());

    /// <summary>The steps of a move, as its orchestration has them.</summary>
    private async Task<BackupContent> CopyAsync(string from, VolumeId volume, string to, VolumeId name)
    {
        var id = new BackupId(name.Value);
        await backends.Find(to).EnsureVolumeAsync(new(name, "cloud", Gib), Ct);
        var read = new ReadBackup(default, from, volume, 1, id, null);
        var content = await new ReadBackupHandler(backends, files, new(parts, null)).RunAsync(read, Telling, Ct);
        var write = new WriteBackup(default, to, name, id, content.Manifest);
        await new WriteBackupHandler(backends, files, new(parts, null)).RunAsync(write, Telling, Ct);
        return content;
    }

    /// <summary>Marks at the beginning, in the midst, and at the end.</summary>
    private async Task<string> FillAsync(string backend, VolumeId volume)
    {
        var path = Path.Combine(folder, "data");
        await using (var file = File.Create(path))
        {
            file.SetLength(Gib);
            foreach (var (at, bytes) in ((long, int)[])[(0, Mib), (9 * Mib, Mib), (Gib - 4096, 4096)])
            {
                file.Position = at;
                await file.WriteAsync(randomness.Bytes(bytes), Ct);
            }
        }
        var image = new CachedImage(new(randomness.NewGuid()), path, "raw");
        await backends.Find<IVolumeContent>(backend).WriteImageAsync(volume, image, null, Ct);
        return await SumAsync(path);
    }

    private async Task<string> SumAsync(string backend, VolumeId volume)
    {
        var path = Path.Combine(folder, $"read-{backend}");
        await backends.Find<IVolumeContent>(backend).ReadImageAsync(volume, path, "raw", null, Ct);
        return await SumAsync(path);
    }

    private static async Task<string> SumAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, Ct));
    }

    private async Task<VolumeStatus?> FindAsync(string backend, VolumeId id)
    {
        await foreach (var volume in backends.Find(backend).ListVolumesAsync(Ct))
            if (volume.Id == id)
                return volume;
        return null;
    }
}
