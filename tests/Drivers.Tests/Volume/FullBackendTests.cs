using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Nbd;
using Pipeline.Drivers.Volume.Qcow2;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>A disk that fills up in the midst of a copy, though there was room when it began.</summary>
public sealed class FullBackendTests : IDisposable
{
    private const long Gib = 1L << 30;
    private const int DiskMib = 80;
    private const int DataMib = 48;

    private readonly TempFolder _folder = new();
    private readonly Command _command = new(TimeProvider.System);
    private readonly VolumeOptions _options;

    public FullBackendTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root mounts");
        var disk = Directory.CreateDirectory(_folder.In("disk")).FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={DiskMib}m", "tmpfs", disk);
        _options = new(disk, "cloud") { ReservedBytes = 0, Room = _ => (200 * Gib, 100 * Gib) };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Run("umount", "-l", _options.Folder);
        _folder.Dispose();
    }

    [Fact]
    public async Task Plain_copies_of_raw_files_leave_nothing()
    {
        var driver = new NbdVolumeDriver(_options, new("127.0.0.1"), _command, TimeProvider.System);
        var source = await FilledAsync(driver);
        var before = Files();
        var clone = new VolumeSpec(new(Guid.NewGuid()), "cloud", Gib, new(source));
        await FailsAsync(() => driver.EnsureVolumeAsync(clone, Ct));
        await FailsAsync(() => driver.EnsureSnapshotAsync(source, new(Guid.NewGuid()), Ct));
        Assert.Equal(before, Files());
        await driver.ReadImageAsync(source, _folder.In("read"), "raw", progress: null, Ct);
        Run("qemu-img", "compare", "-f", "raw", "-F", "raw", _folder.In("image"), _folder.In("read"));
    }

    [Fact]
    public async Task An_image_leaves_nothing_and_the_volume_as_it_was()
    {
        var driver = new Qcow2VolumeDriver(_options, _command);
        var source = await FilledAsync(driver);
        var before = Files();
        await FailsAsync(() => driver.WriteImageAsync(source, NewImage("other"), progress: null, Ct));
        Assert.Equal(before, Files());
        await FailsAsync(() =>
            driver.ReadImageAsync(source, Path.Combine(_options.Folder, "read"), "raw", progress: null, Ct)
        );
        Assert.Equal(before, Files());
        await driver.ReadImageAsync(source, _folder.In("read"), "raw", progress: null, Ct);
        Run("qemu-img", "compare", "-f", "raw", "-F", "raw", _folder.In("image"), _folder.In("read"));
    }

    private async Task<VolumeId> FilledAsync(IVolumeDriver driver)
    {
        var spec = new VolumeSpec(new(Guid.NewGuid()), "cloud", Gib);
        await driver.ReadStatisticsAsync(Ct); // which tries what the disk can
        await driver.EnsureVolumeAsync(spec, Ct);
        await ((IVolumeContent)driver).WriteImageAsync(spec.Id, NewImage("image"), progress: null, Ct);
        return spec.Id;
    }

    private CachedImage NewImage(string name)
    {
        var content = new byte[DataMib << 20];
        Random.Shared.NextBytes(content);
        File.WriteAllBytes(_folder.In(name), content);
        return new(new(Guid.NewGuid()), _folder.In(name), "raw");
    }

    private static async Task FailsAsync(Func<Task> order) =>
        Assert.Equal(FaultCode.DiskFull, (await Assert.ThrowsAsync<Fault>(order)).Code);

    /// <summary>Paths and sizes of all that is there.</summary>
    private string[] Files() =>
        [
            .. new DirectoryInfo(_options.Folder)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(file => $"{file.FullName} {file.Length}")
                .Order(StringComparer.Ordinal),
        ];

    private void Run(string program, params string[] arguments) =>
        _command.RunAsync(new(program, arguments), CancellationToken.None).GetAwaiter().GetResult();
}
