using Pipeline.Benchmarks.Clouds;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Iscsi;
using Pipeline.Drivers.Volume.Nbd;
using Pipeline.Drivers.Volume.Nfs;
using Pipeline.Drivers.Volume.Pool;

namespace Pipeline.Benchmarks.Groups;

/// <summary>Volumes of 1 GiB by each transport, on one disk; `pool` is the local file that the others are compared with.</summary>
internal static class StorageWays
{
    public const string Cloud = "bench";
    private const string Address = "127.0.0.1";
    private const string NfsAddress = "10.77.0.1";
    private const long Gib = 1L << 30;

    /// <param name="port">Of the iSCSI server.</param>
    public static IVolumeDriver[] DriversOf(Bench bench, StorageDisk disk, int port)
    {
        var (command, run) = (new Command(bench.Time), Path.Combine(bench.Folder, "run"));
        return
        [
            new PoolVolumeDriver(OptionsOf(Path.Combine(disk.Folder, "pool")), command),
            new NbdVolumeDriver(OptionsOf(Path.Combine(disk.Folder, "nbd")), new(Address), command, bench.Time),
            new IscsiVolumeDriver(
                OptionsOf(Path.Combine(disk.Folder, "iscsi")),
                new(Address) { Port = port, Run = run },
                command,
                bench.Time
            ),
            new NfsVolumeDriver(
                OptionsOf(Path.Combine(disk.Folder, "nfs")),
                new(NfsAddress) { Run = run, Namespace = disk.Space },
                command,
                bench.Time
            ),
        ];
    }

    public static async Task<StorageWay> OpenAsync(Bench bench, IVolumeDriver driver)
    {
        var spec = new VolumeSpec(new(Guid.NewGuid()), Cloud, Gib);
        await driver.EnsureVolumeAsync(spec, bench.Stop);
        var host = new HostConnector(new(Guid.NewGuid()), "bench", Address: null, Initiator: null);
        var password = Guid.NewGuid().ToString("N")[..16];
        var export = new ExportSpec(spec.Id, new(Guid.NewGuid()), host, IsReadOnly: false, password);
        var exports = (IVolumeExports)driver;
        return new(exports, export, await exports.EnsureExportAsync(export, bench.Stop));
    }

    public static VolumeOptions OptionsOf(string folder) => new(folder, Cloud) { ReservedBytes = 0 };
}

/// <summary>A volume that is open to a guest's host.</summary>
internal sealed record StorageWay(IVolumeExports Exports, ExportSpec Spec, VolumeConnection Connection);
