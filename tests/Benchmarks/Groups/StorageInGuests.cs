using System.Globalization;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Guests;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Hypervisor.Qemu;

namespace Pipeline.Benchmarks.Groups;

/// <summary>
/// What a guest gets through each transport, beside the local file: it writes and reads a disk that is plugged into it, past its cache.
/// 1 MiB one after the other; and 4 KiB by eight processes at once, each in a place of its own, so that the disk's head, if it had one,
/// would jump with each. The guest's own clock counts.
/// </summary>
internal static class StorageInGuests
{
    private const int Rounds = 4;
    private const string Says = "io ";

    private const string Script = """
        #!/bin/sh
        now() { read -r up rest </proc/uptime; echo "${up%.*}${up#*.}"; }
        eight() { for at in 0 1 2 3 4 5 6 7; do "$@" $((at * 24576 + 65536)) & done; wait; }
        random_write() { eight writes_at; }
        writes_at() { dd if=/dev/zero of=$disk bs=4k count=2000 oflag=direct seek=$1 2>/dev/null; }
        random_read() { eight reads_at; }
        reads_at() { dd if=$disk of=/dev/null bs=4k count=2000 iflag=direct skip=$1 2>/dev/null; }
        write() { dd if=/dev/zero of=$disk bs=1M count=256 oflag=direct 2>/dev/null; }
        read_all() { dd if=$disk of=/dev/null bs=1M count=256 iflag=direct 2>/dev/null; }
        work() {
          disk=/dev/vdc
          while :; do
            while [ ! -b $disk ]; do sleep 0.1; done
            for load in random_write random_read write read_all; do
              began=$(now); $load; echo "io $load $(($(now) - began)) hundredths"
            done
            while [ -b $disk ]; do sleep 0.1; done
          done
        }
        work >/dev/console 2>&1 </dev/null &
        """;

    private static readonly (string Load, string Name, int Count, string Unit)[] Loads =
    [
        ("random_write", "random_write", 8 * 2000, "1/s"),
        ("random_read", "random_read", 8 * 2000, "1/s"),
        ("write", "write", 256, "MiB/s"),
        ("read_all", "read", 256, "MiB/s"),
    ];

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        var machine = await MachineAsync(bench);
        await using var disk = await StorageDisk.MakeAsync(bench);
        // NFS has fixed ports, so its server and its guest are in a network of their own.
        foreach (var drivers in StorageWays.DriversOf(bench, disk, bench.FreePort + 1).GroupBy(IsInSpace))
        {
            var guest = new BareGuest(bench, machine) { Space = drivers.Key ? disk.Space : null, UserData = Script };
            var taken = new Dictionary<(string Driver, string Load), List<double>>();
            await guest.UseAsync(folder => TakeAsync(bench, folder, [.. drivers], taken), bench.Stop);
            foreach (var driver in drivers)
            foreach (var (load, name, count, unit) in Loads)
            {
                var median = taken[(driver.Name, load)].Skip(1).ToList().Median();
                yield return new($"storage.guest.{driver.Name}.{name}", count / median, unit);
            }
        }
    }

    private static bool IsInSpace(IVolumeDriver driver) => driver.Name == "nfs";

    /// <summary>Rounds in which each driver has its turn.</summary>
    private static async Task TakeAsync(
        Bench bench,
        string folder,
        IVolumeDriver[] drivers,
        Dictionary<(string, string), List<double>> taken
    )
    {
        var console = new ConsoleWatch(Path.Combine(folder, BareGuest.Console), bench.Time);
        await using var qmp = await QmpClient.ConnectAsync(
            Path.Combine(folder, BareGuest.Monitor),
            () => true,
            bench.Time,
            bench.Stop
        );
        var ways = new List<StorageWay>();
        try
        {
            foreach (var driver in drivers)
                ways.Add(await StorageWays.OpenAsync(bench, driver));
            for (var round = 0; round < Rounds; round++)
                foreach (var (driver, way) in drivers.Zip(ways))
                {
                    var secret = Path.Combine(folder, "secret");
                    await File.WriteAllTextAsync(secret, way.Spec.Password, bench.Stop);
                    var plugged = await GuestDisk.PlugAsync(qmp, VolumeOf(way, secret), bench.Stop);
                    await HearAsync(bench, console, driver, taken);
                    await plugged.UnplugAsync(bench.Stop);
                    await console.HearLineAsync("hot-plug block remove", bench.Stop);
                }
        }
        finally
        {
            foreach (var way in ways)
                await way.Exports.DeleteExportAsync(way.Spec.Volume, way.Spec.Attachment, CancellationToken.None);
        }
    }

    private static async Task HearAsync(
        Bench bench,
        ConsoleWatch console,
        IVolumeDriver driver,
        Dictionary<(string, string), List<double>> taken
    )
    {
        foreach (var (load, _, _, _) in Loads)
        {
            var said = await console.HearLineAsync($"{Says}{load} ", bench.Stop);
            var hundredths = int.Parse(said.Split(' ')[0], CultureInfo.InvariantCulture);
            if (!taken.TryGetValue((driver.Name, load), out var times))
                taken[(driver.Name, load)] = times = [];
            times.Add(hundredths / 100.0);
        }
    }

    private static QemuVolume VolumeOf(StorageWay way, string secret)
    {
        var volume = new GuestVolume(
            way.Spec.Attachment,
            way.Spec.Volume,
            way.Connection,
            IsReadOnly: false,
            Device: null
        );
        return QemuVolume.Of(volume, way.Connection.Protocol == "iscsi" ? secret : null, TimeSpan.FromSeconds(5));
    }

    /// <summary>The machine that the cloud's own guests have here.</summary>
    private static async Task<IReadOnlyList<string>> MachineAsync(Bench bench)
    {
        var place = await Workplace.MakeAsync(bench, "10.79.0.0/24");
        var server = await place.OrderAsync("guest");
        await place.BuiltAsync(server);
        string[] machine = [.. GuestWords.MachineOf(server)];
        await place.ClearAsync();
        return machine;
    }
}
