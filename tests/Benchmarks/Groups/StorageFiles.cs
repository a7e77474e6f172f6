using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;
using Pipeline.Drivers.Volume.Pool;
using Pipeline.Drivers.Volume.Qcow2;

namespace Pipeline.Benchmarks.Groups;

/// <summary>What volume drivers do by themselves: how long a clone takes, and what a guest's host gets through each transport, beside the local file.</summary>
internal static partial class StorageFiles
{
    private const long Gib = 1L << 30;
    private const int ImageGib = 10;
    private const int DataMib = 256;
    private const int Rounds = 5;

    /// <summary>Clones of a volume of 10 GiB with some hundred MiB in it.</summary>
    public static async IAsyncEnumerable<Figure> MeasureClonesAsync(Bench bench)
    {
        await using var disk = await StorageDisk.MakeAsync(bench);
        var command = new Command(bench.Time);
        IVolumeDriver[] drivers =
        [
            new Qcow2VolumeDriver(StorageWays.OptionsOf(Path.Combine(bench.Folder, "files")), command),
            new PoolVolumeDriver(StorageWays.OptionsOf(disk.Folder), command),
        ];
        foreach (var driver in drivers)
        {
            var source = await FilledAsync(bench, driver, command);
            var took = new List<double>();
            for (var round = 0; round <= Rounds; round++)
            {
                var clone = new VolumeSpec(new(Guid.NewGuid()), StorageWays.Cloud, ImageGib * Gib, new(source));
                var began = bench.Time.GetTimestamp();
                await driver.EnsureVolumeAsync(clone, bench.Stop);
                took.Add(bench.Time.GetElapsedTime(began).TotalMilliseconds);
                await driver.DeleteVolumeAsync(clone.Id, bench.Stop);
            }
            yield return new($"storage.clone.{driver.Name}.p50", took.Skip(1).ToList().Median(), "ms");
        }
    }

    /// <summary>By QEMU's block layer, in turns: 4 KiB at random with eight at once, and 1 MiB one after the other.</summary>
    public static async IAsyncEnumerable<Figure> MeasureTransportsAsync(Bench bench)
    {
        await using var disk = await StorageDisk.MakeAsync(bench);
        var command = new Command(bench.Time);
        foreach (var driver in StorageWays.DriversOf(bench, disk, bench.FreePort))
        {
            var way = await StorageWays.OpenAsync(bench, driver);
            foreach (var (name, load) in Loads)
            {
                var took = new List<double>();
                for (var round = 0; round < Rounds; round++)
                    took.Add(await TakeAsync(bench, command, disk, way, load));
                var median = took.Skip(1).ToList().Median();
                yield return name.StartsWith("random", StringComparison.Ordinal)
                    ? new($"storage.io.{driver.Name}.{name}", load.Count / median, "1/s")
                    : new($"storage.io.{driver.Name}.{name}", load.Count / median, "MiB/s");
            }
            await way.Exports.DeleteExportAsync(way.Spec.Volume, way.Spec.Attachment, bench.Stop);
        }
    }

    private static readonly (string Name, IoLoad Load)[] Loads =
    [
        ("random_write", new(Count: 8000, Bytes: 4096, Step: 73 * 4096, Depth: 8, IsWrite: true)),
        ("random_read", new(Count: 8000, Bytes: 4096, Step: 73 * 4096, Depth: 8, IsWrite: false)),
        ("write", new(Count: 256, Bytes: 1 << 20, Step: 1 << 20, Depth: 1, IsWrite: true)),
        ("read", new(Count: 256, Bytes: 1 << 20, Step: 1 << 20, Depth: 1, IsWrite: false)),
    ];

    private static async Task<VolumeId> FilledAsync(Bench bench, IVolumeDriver driver, Command command)
    {
        var image = Path.Combine(bench.Folder, "image");
        if (!File.Exists(image))
        {
            await command.RunAsync(new("truncate", ["-s", $"{ImageGib}G", image]), bench.Stop);
            await command.RunAsync(new("qemu-io", ["-f", "raw", "-c", $"write -P 7 1G {DataMib}M", image]), bench.Stop);
        }
        var spec = new VolumeSpec(new(Guid.NewGuid()), StorageWays.Cloud, ImageGib * Gib);
        await driver.EnsureVolumeAsync(spec, bench.Stop);
        var cached = new CachedImage(new(Guid.NewGuid()), image, "raw");
        await ((IVolumeContent)driver).WriteImageAsync(spec.Id, cached, progress: null, bench.Stop);
        return spec.Id;
    }

    /// <returns>Seconds, as QEMU counts them.</returns>
    private static async Task<double> TakeAsync(
        Bench bench,
        Command command,
        StorageDisk disk,
        StorageWay way,
        IoLoad load
    )
    {
        var text = CultureInfo.InvariantCulture;
        string[] inside = way.Connection.Protocol == "nfs" ? ["ip", "netns", "exec", disk.Space] : [];
        string[] mode = load.IsWrite ? ["-w"] : [];
        string[] words =
        [
            .. inside,
            "qemu-img",
            "bench",
            .. mode,
            .. (string[])["-c", load.Count.ToString(text), "-s", load.Bytes.ToString(text)],
            .. (string[])["-S", load.Step.ToString(text), "-d", load.Depth.ToString(text)],
            .. (string[])["-t", "none", "--image-opts", OptionsOf(way)],
        ];
        var said = await command.RunAsync(new(words[0], words[1..], Limit: TimeSpan.FromMinutes(2)), bench.Stop);
        return double.Parse(Took().Match(said).Groups["seconds"].ValueSpan, text);
    }

    private static string OptionsOf(StorageWay way)
    {
        var at = way.Connection.Properties;
        var file = way.Connection.Protocol switch
        {
            "nbd" =>
                $"driver=nbd,server.type=inet,server.host={at["host"]},server.port={at["port"]},export={at["export"]}",
            "iscsi" =>
                $"driver=iscsi,transport=tcp,portal={at["host"]}:{at["port"]},target={at["target"]},lun={at["lun"]}"
                    + $",user={at["user"]},password={way.Spec.Password}",
            "nfs" => $"driver=nfs,server.type=inet,server.host={at["server"]},path={at["share"]}/{at["path"]}",
            _ => $"driver=file,filename={at["path"]}",
        };
        return $"driver=raw,file.{file.Replace(",", ",file.")}";
    }

    [GeneratedRegex(@"completed in (?<seconds>[0-9.]+) seconds", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Took();

    private sealed record IoLoad(int Count, int Bytes, int Step, int Depth, bool IsWrite);
}
