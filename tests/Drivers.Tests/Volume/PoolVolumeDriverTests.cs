using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Pool;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The contract on xfs, and what `pool` promises where blocks are not shared.</summary>
public sealed class PoolVolumeDriverTests(ReflinkDisk disk) : HostVolumeContract
{
    private readonly string _folder = disk.NewFolder();

    protected override string Folder => _folder;

    protected override IVolumeDriver DriverOf(VolumeOptions options) => new PoolVolumeDriver(options, Command);

    [Fact]
    public async Task Without_shared_blocks_the_report_says_what_to_do()
    {
        var report = await new PoolVolumeDriver(new VolumeOptions("/dev/shm", Cloud), Command).ProbeAsync(Ct);
        SafeFile.RemoveFolder(Path.Combine("/dev/shm", Cloud));
        Assert.False(report.Ready);
        Assert.Contains("/dev/shm", report.Problem);
        Assert.Contains("xfs", report.Problem);
    }

    [Fact]
    public async Task Snapshots_share_their_blocks_with_the_volume()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        await RunAsync("qemu-io", "-f", "raw", "-c", "write -P 3 0 64M", Data(spec));
        for (var i = 0; i < 40; i++) // all together they are larger than the disk
            await Snapshots(driver).EnsureSnapshotAsync(spec.Id, NewSnapshot(), Ct);
        Assert.Equal(40, Assert.Single(await ListAsync(driver)).Snapshots.Count);
    }

    private string Data(VolumeSpec spec) => Path.Combine(Folder, Cloud, "volumes", $"{spec.Id}", "data");
}
