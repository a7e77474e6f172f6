using System.Runtime.CompilerServices;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;
using Pipeline.Drivers.Volume;

namespace Pipeline.Examples.PlainFiles;

/// <summary>A raw file for each volume and each snapshot, for guests of the same host; what is attached is not copied, and does not grow.</summary>
public sealed class PlainFilesDriver(string folder, string cloud, Command command)
    : IVolumeDriver,
        IVolumeSnapshots,
        IVolumeContent,
        IVolumeExports
{
    private readonly Turns<string> _turns = new(); // one order at a time; a driver for more has one for each volume
    private readonly ImageCheck _images = new("qemu-img", command);
    private readonly string _root = Path.Combine(Path.GetFullPath(folder), cloud, "volumes");

    public string Name => "plain-files";
    public int Contract => DriverContract.Current;

    public Task<DriverReport> ProbeAsync(CancellationToken ct)
    {
        var problem = Command.Find("qemu-img") is null ? "install qemu-utils" : null;
        return Task.FromResult(new DriverReport(problem is null, problem, new SortedDictionary<string, string>()));
    }

    public async Task EnsureVolumeAsync(VolumeSpec spec, CancellationToken ct)
    {
        VolumeRules.Check(spec, cloud);
        using var turn = await _turns.TakeAsync("order", ct);
        if (File.Exists(Data(spec.Id)))
            return;
        if (spec.Source is { Snapshot: null } source)
            RequireFree(source.Volume, "it cannot be copied");
        var from = spec.Source is { } of ? SourceOf(of) : null;
        VolumeRules.CheckHolds(spec, from?.Length ?? 0);
        await MakeAsync(Data(spec.Id), from?.FullName, spec.Bytes, ct);
    }

    public async Task ExtendVolumeAsync(VolumeId id, long bytes, CancellationToken ct)
    {
        VolumeRules.CheckSize(bytes);
        using var turn = await _turns.TakeAsync("order", ct);
        if (Must(id).Length >= bytes)
            return;
        RequireFree(id, "its guest would not see that it grew");
        SetLength(Data(id), bytes);
    }

    public async Task DeleteVolumeAsync(VolumeId id, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("order", ct);
        RequireFree(id, "it cannot be deleted");
        if (Names(Of(id, "snapshots")) is { Length: > 0 and var count })
            throw VolumeRules.HasSnapshots(id, count);
        if (Directory.Exists(Of(id)))
            Directory.Delete(Of(id), recursive: true);
    }

    public async IAsyncEnumerable<VolumeStatus> ListVolumesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("order", ct);
        foreach (var id in Names(_root).Select(name => new VolumeId(Guid.Parse(name))))
        {
            var file = new FileInfo(Data(id)); // absent: what a killed agent left of a volume
            SnapshotId[] snapshots = [.. Names(Of(id, "snapshots")).Select(name => new SnapshotId(Guid.Parse(name)))];
            AttachmentId[] exports = [.. Names(Of(id, "exports")).Select(name => new AttachmentId(Guid.Parse(name)))];
            yield return new VolumeStatus(id, file.Exists ? file.Length : 0, Allocated: null, snapshots, exports);
        }
    }

    public Task<VolumeStatistics> ReadStatisticsAsync(CancellationToken ct)
    {
        var disk = new DriveInfo(Directory.CreateDirectory(_root).FullName);
        var (total, free) = (Capacity.OfBytes(disk.TotalSize), Capacity.OfBytes(disk.AvailableFreeSpace));
        string[] cannot =
        [
            "multiattach",
            "online_extend_support",
            "online_snapshot_support",
            "snapshot_revert_support",
        ];
        var capabilities = cannot.Append("thin_provisioning_support").ToDictionary(name => name, n => n[0] == 't');
        return Task.FromResult(new VolumeStatistics("1", "Examples", "file", total, free, capabilities));
    }

    public async Task EnsureSnapshotAsync(VolumeId volume, SnapshotId id, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("order", ct);
        var data = Must(volume);
        if (File.Exists(Snapshot(volume, id)))
            return;
        RequireFree(volume, "this backend takes no snapshot of it then");
        await MakeAsync(Snapshot(volume, id), data.FullName, data.Length, ct);
    }

    public async Task DeleteSnapshotAsync(VolumeId volume, SnapshotId id, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("order", ct);
        There(Snapshot(volume, id))?.Delete();
    }

    public async Task WriteImageAsync(VolumeId id, CachedImage image, IProgress<double>? progress, CancellationToken ct)
    {
        VolumeRules.CheckFormat(image.Format);
        using var turn = await _turns.TakeAsync("order", ct);
        var (bytes, half) = (Must(id).Length, Data(id) + ".new");
        RequireFree(id, "no image can be written to it");
        VolumeRules.CheckImage(image, await _images.VirtualBytesAsync(image, ct), bytes);
        await command.RunAsync(new("qemu-img", ["convert", "-f", image.Format, "-O", "raw", image.Path, half]), ct);
        SetLength(half, bytes);
        File.Move(half, Data(id), overwrite: true);
        progress?.Report(1);
    }

    public async Task ReadImageAsync(
        VolumeId id,
        string path,
        string format,
        IProgress<double>? progress,
        CancellationToken ct
    )
    {
        VolumeRules.CheckFormat(format);
        using var turn = await _turns.TakeAsync("order", ct);
        var data = Must(id).FullName;
        RequireFree(id, "it cannot be read");
        await command.RunAsync(new("qemu-img", ["convert", "-f", "raw", "-O", format, data, path]), ct);
        progress?.Report(1);
    }

    public async Task<VolumeConnection> EnsureExportAsync(ExportSpec spec, CancellationToken ct)
    {
        if (spec.Connector.Address is { } address)
            throw Fault.BadRequest($"a plain file is for guests of its own host, and {address} is another");
        using var turn = await _turns.TakeAsync("order", ct);
        var data = Must(spec.Volume).FullName;
        if (Names(Of(spec.Volume, "exports")).Any(name => name != $"{spec.Attachment}"))
            throw VolumeRules.IsHeld(spec.Volume);
        Directory.CreateDirectory(Of(spec.Volume, "exports"));
        await File.WriteAllTextAsync(Of(spec.Volume, "exports", $"{spec.Attachment}"), spec.Connector.Name, ct);
        return new VolumeConnection("file", new Dictionary<string, string> { ["path"] = data, ["format"] = "raw" });
    }

    public async Task DeleteExportAsync(VolumeId volume, AttachmentId attachment, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("order", ct);
        var export = There(Of(volume, "exports", $"{attachment}"));
        if (export is not null && OpenFiles.HolderOf(Data(volume)) is { } holder)
            throw Fault.Conflict($"volume {volume} is still open in process {holder}: stop its guest first");
        export?.Delete();
    }

    public Task RestoreExportsAsync(CancellationToken ct) => Task.CompletedTask; // files need no server

    /// <summary>Under another name until it is whole, so that a killed agent leaves no half of one.</summary>
    private async Task MakeAsync(string path, string? from, long bytes, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var half = path + ".new";
        await command.RunAsync(new("cp", ["--sparse=always", "--", from ?? "/dev/null", half]), ct);
        SetLength(half, bytes);
        File.Move(half, path);
    }

    private static void SetLength(string path, long bytes)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(file, bytes);
    }

    private FileInfo Must(VolumeId id) => There(Data(id)) ?? throw VolumeRules.NoVolume(id);

    private FileInfo SourceOf(VolumeSource source) =>
        source.Snapshot is not { } id
            ? Must(source.Volume)
            : There(Snapshot(source.Volume, id)) ?? throw VolumeRules.NoSnapshot(id);

    private static FileInfo? There(string path) => new FileInfo(path) is { Exists: true } file ? file : null;

    private void RequireFree(VolumeId id, string what)
    {
        if (Names(Of(id, "exports")).Length > 0)
            throw VolumeRules.Exported(id, what);
    }

    private static string[] Names(string path) =>
        new DirectoryInfo(path) is { Exists: true } folder
            ?
            [
                .. folder
                    .EnumerateFileSystemInfos()
                    .Select(e => e.Name)
                    .Where(name => Path.GetExtension(name) != ".new"),
            ]
            : [];

    private string Of(VolumeId id, params string[] names) => Path.Combine([_root, $"{id}", .. names]);

    private string Data(VolumeId id) => Of(id, "data");

    private string Snapshot(VolumeId volume, SnapshotId id) => Of(volume, "snapshots", $"{id}");
}
