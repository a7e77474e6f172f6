using System.Runtime.CompilerServices;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume;

/// <summary>
/// Volumes as files of this host: a layout says how they lie, a way how they are reached. What is the same for all is here:
/// one operation on a volume at a time, what is refused while it is attached, and the records of its exports.
/// </summary>
public abstract class HostVolumeDriver
    : IVolumeDriver,
        IVolumeSnapshots,
        IVolumeContent,
        IVolumeExports,
        IVolumeImages,
        IVolumeRevert,
        IVolumeAdoption
{
    private const long SmallestRoom = 64L * 1024 * 1024;

    private readonly VolumeOptions _options;
    private readonly VolumeFolders _folders;
    private readonly IVolumeLayout _layout;
    private readonly IVolumeWay _way;
    private readonly QemuImg _images;
    private readonly UnmanagedFiles _unmanaged;
    private readonly Turns<VolumeId> _turns = new();

    private protected HostVolumeDriver(VolumeOptions options, IVolumeLayout layout, IVolumeWay way, QemuImg images)
    {
        _options = options;
        _folders = new VolumeFolders(options.Root);
        _layout = layout;
        _way = way;
        _images = images;
        _unmanaged = new UnmanagedFiles(_folders, layout);
    }

    public abstract string Name { get; }

    public int Contract => DriverContract.Current;

    /// <summary>Whether it works only where files share blocks.</summary>
    private protected virtual bool NeedsReflink => false;

    public async Task<DriverReport> ProbeAsync(CancellationToken ct)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            facts["qemu-img"] = await _images.VersionAsync(ct);
            SafeFile.MakeFolder(_folders.Root);
            var copies = await _layout.CopiesWhileOpenAsync(ct);
            facts[$"volume.{Name}.online_snapshot"] = copies ? "true" : "false";
            var problem = NeedsReflink && !copies ? NoReflink : await _way.ProblemAsync(ct);
            return new DriverReport(problem is null, problem, facts);
        }
        catch (Exception cause) when (cause is Fault or IOException or UnauthorizedAccessException)
        {
            return new DriverReport(Ready: false, $"volumes cannot be kept here: {cause.Message}", facts);
        }
    }

    public async Task EnsureVolumeAsync(VolumeSpec spec, CancellationToken ct)
    {
        VolumeRules.Check(spec, _options.Cloud);
        // Always in the same order, so that two that are made of each other's sources do not wait for each other.
        VolumeId[] ids = spec.Source is { } of ? [spec.Id, of.Volume] : [spec.Id];
        Array.Sort(ids, (one, other) => one.Value.CompareTo(other.Value));
        using var first = await _turns.TakeAsync(ids[0], ct);
        using var second = ids.Length > 1 ? await _turns.TakeAsync(ids[1], ct) : null;
        if (await _layout.FindAsync(spec.Id, ct) is not null)
            return;
        if (spec.Source is { Snapshot: null } source)
            await RequireStillAsync(source.Volume, "it cannot be copied", ct);
        await RequireRoomAsync(ct);
        await _layout.MakeAsync(spec, ct);
    }

    public async Task ExtendVolumeAsync(VolumeId id, long bytes, CancellationToken ct)
    {
        VolumeRules.CheckSize(bytes);
        using var turn = await _turns.TakeAsync(id, ct);
        var volume = await MustAsync(id, ct);
        if (volume.Bytes >= bytes)
            return;
        if (!_way.GrowsWhileOpen && _folders.ListExports(id).Count > 0)
            throw VolumeRules.Exported(id, "its host would not see that it grew");
        await _layout.GrowAsync(volume, bytes, ct);
    }

    public async Task DeleteVolumeAsync(VolumeId id, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(id, ct);
        if (_folders.ListExports(id).Count > 0)
            throw VolumeRules.Exported(id, "it cannot be deleted");
        if (await _layout.FindAsync(id, ct) is { Snapshots.Count: > 0 and var count })
            throw VolumeRules.HasSnapshots(id, count);
        await _layout.RemoveAsync(id, snapshot: null, ct);
    }

    public async IAsyncEnumerable<VolumeStatus> ListVolumesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var id in _folders.List())
        {
            // A folder that holds no volume is what a killed agent left of one: listed, so that it can be deleted.
            var file = await _layout.FindAsync(id, ct);
            AttachmentId[] exports = [.. _folders.ListExports(id).Select(export => export.Spec.Attachment)];
            yield return new VolumeStatus(id, file?.Bytes ?? 0, file?.Allocated, file?.Snapshots ?? [], exports);
        }
    }

    public async Task<VolumeStatistics> ReadStatisticsAsync(CancellationToken ct)
    {
        SafeFile.MakeFolder(_folders.Root);
        var (total, free) = _options.Room(_folders.Root);
        return new VolumeStatistics(
            "1",
            "Pipeline",
            _way.Protocol,
            Capacity.OfBytes(total),
            Capacity.OfBytes(free),
            new SortedDictionary<string, bool>(StringComparer.Ordinal)
            {
                ["QoS_support"] = true, // the guest's hypervisor throttles
                ["multiattach"] = _way.IsShared,
                ["online_extend_support"] = _way.GrowsWhileOpen,
                ["online_snapshot_support"] = await _layout.CopiesWhileOpenAsync(ct),
                ["snapshot_revert_support"] = true,
                ["thin_provisioning_support"] = true,
            }
        );
    }

    public async Task EnsureSnapshotAsync(VolumeId volume, SnapshotId id, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(volume, ct);
        var file = await MustAsync(volume, ct);
        if (file.Snapshots.Contains(id))
            return;
        await RequireStillAsync(volume, "this backend takes no snapshot of it then", ct);
        await RequireRoomAsync(ct);
        await _layout.SnapshotAsync(file, id, ct);
    }

    public async Task DeleteSnapshotAsync(VolumeId volume, SnapshotId id, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(volume, ct);
        await _layout.RemoveAsync(volume, id, ct);
    }

    public async Task RevertAsync(VolumeId volume, SnapshotId snapshot, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(volume, ct);
        var file = await MustAsync(volume, ct);
        if (_folders.ListExports(volume).Count > 0)
            throw VolumeRules.Exported(volume, "it cannot go back to a snapshot");
        await RequireRoomAsync(ct);
        await _layout.RevertAsync(file, snapshot, ct);
    }

    public Task<IReadOnlyList<UnmanagedVolume>> ListUnmanagedAsync(CancellationToken ct) => _unmanaged.ListAsync(ct);

    public async Task AdoptAsync(VolumeSpec spec, string name, CancellationToken ct)
    {
        VolumeRules.Check(spec, _options.Cloud);
        using var turn = await _turns.TakeAsync(spec.Id, ct);
        if (await _layout.FindAsync(spec.Id, ct) is null)
            await AdoptAsync(spec.Id, name, await _unmanaged.ClaimAsync(name, spec.Bytes, ct), ct);
        var volume = await MustAsync(spec.Id, ct);
        if (volume.Bytes < spec.Bytes)
            await _layout.GrowAsync(volume, spec.Bytes, ct);
    }

    public async Task ReleaseAsync(VolumeId id, string name, CancellationToken ct)
    {
        VolumeRules.CheckName(name);
        using var turn = await _turns.TakeAsync(id, ct);
        if (_folders.ListExports(id).Count > 0)
            throw VolumeRules.Exported(id, "it cannot be let go");
        var volume = await _layout.FindAsync(id, ct);
        if (volume is { Snapshots.Count: > 0 and var count })
            throw VolumeRules.HasSnapshots(id, count);
        if (volume is null)
            await _layout.RemoveAsync(id, snapshot: null, ct); // what is left of one that was let go
        else
            await _layout.ReleaseAsync(volume, _unmanaged.Free(name), ct);
    }

    public async Task WriteImageAsync(VolumeId id, CachedImage image, IProgress<double>? progress, CancellationToken ct)
    {
        VolumeRules.CheckFormat(image.Format);
        using var turn = await _turns.TakeAsync(id, ct);
        var volume = await MustAsync(id, ct);
        if (_folders.ListExports(id).Count > 0)
            throw VolumeRules.Exported(id, "no image can be written to it");
        VolumeRules.CheckImage(image, await _images.VirtualBytesAsync(image, ct), volume.Bytes);
        await RequireRoomAsync(ct);
        await _layout.FillAsync(volume, image, progress, ct);
        await KeepImagesAsync(ImageShelf.Most, ct);
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
        IDisposable? turn = await _turns.TakeAsync(id, ct);
        try
        {
            var volume = await MustAsync(id, ct);
            await RequireStillAsync(id, "it cannot be read", ct);
            using var still = await _layout.HoldAsync(volume, ct);
            if (still.IsCopy)
                Release(ref turn);
            await _images.ConvertAsync((still.Path, still.Format), (path, format), progress, volume.Bytes, ct);
        }
        finally
        {
            Release(ref turn);
        }
    }

    public Task ForgetImageAsync(ImageId id, CancellationToken ct) => _layout.ForgetImageAsync(id, ct);

    public async Task<VolumeConnection> EnsureExportAsync(ExportSpec spec, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(spec.Volume, ct);
        var file = await MustAsync(spec.Volume, ct);
        var exports = _folders.ListExports(spec.Volume);
        if (!_way.IsShared && exports.Any(other => other.Spec.Attachment != spec.Attachment))
            throw VolumeRules.IsHeld(spec.Volume);
        var record = exports.FirstOrDefault(export => export.Spec.Attachment == spec.Attachment);
        if (record?.Spec != spec)
        {
            var planned = await _way.PlanAsync(spec, ct);
            if (record is not null)
                await _way.CloseAsync(record, file, ct);
            record = planned;
            await _folders.SaveAsync(record, ct);
        }
        await _way.OpenAsync(record, file, ct);
        return _way.Describe(record, file);
    }

    public async Task DeleteExportAsync(VolumeId volume, AttachmentId attachment, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(volume, ct);
        if (_folders.FindExport(volume, attachment) is not { } record)
            return;
        await _way.CloseAsync(record, await _layout.FindAsync(volume, ct), ct);
        _folders.Remove(record);
    }

    public async Task RestoreExportsAsync(CancellationToken ct)
    {
        var failed = new List<string>();
        foreach (var id in _folders.List())
        {
            if (_folders.ListExports(id).Count == 0)
                continue; // its turn may be another's for long, for a copy
            using var turn = await _turns.TakeAsync(id, ct);
            if (await _layout.FindAsync(id, ct) is not { } file)
                continue;
            foreach (var record in _folders.ListExports(id))
                try
                {
                    await _way.OpenAsync(record, file, ct);
                }
                catch (Exception cause) when (cause is Fault or IOException or UnauthorizedAccessException)
                {
                    failed.Add($"{record.Spec.Attachment} of volume {id}: {cause.Message}");
                }
        }
        if (failed.Count > 0)
            throw new Fault(FaultCode.DriverFailed, $"attachments are not served: {string.Join("; ", failed)}");
    }

    private string NoReflink =>
        $"{_options.Folder} cannot share blocks between files: put it on xfs (mkfs.xfs -m reflink=1) or btrfs";

    private async Task AdoptAsync(VolumeId id, string name, string path, CancellationToken ct)
    {
        try
        {
            await _layout.AdoptAsync(id, path, ct);
        }
        catch (FileNotFoundException)
        {
            throw VolumeRules.NoUnmanaged(name); // another volume was made of it meanwhile
        }
    }

    private async Task<VolumeFile> MustAsync(VolumeId id, CancellationToken ct) =>
        await _layout.FindAsync(id, ct) ?? throw VolumeRules.NoVolume(id);

    private async Task RequireStillAsync(VolumeId id, string what, CancellationToken ct)
    {
        if (_folders.ListExports(id).Count > 0 && !await _layout.CopiesWhileOpenAsync(ct))
            throw VolumeRules.Exported(id, what);
    }

    // Volumes are thin: what matters is that there is room to go on writing, not room for all they may ever hold.
    private async Task RequireRoomAsync(CancellationToken ct)
    {
        SafeFile.MakeFolder(_folders.Root);
        var needed = _options.ReservedBytes + SmallestRoom;
        if (_options.Room(_folders.Root).Free < needed)
            await KeepImagesAsync(0, ct);
        if (_options.Room(_folders.Root).Free is var free && free < needed)
            throw new Fault(
                FaultCode.DiskFull,
                $"the backend has {free >> 20} MiB left; a volume needs {needed >> 20} MiB"
            );
    }

    private async Task KeepImagesAsync(int most, CancellationToken ct)
    {
        foreach (var image in _layout.ListImages().Skip(most))
            await _layout.ForgetImageAsync(image, ct);
    }

    private static void Release(ref IDisposable? turn)
    {
        turn?.Dispose();
        turn = null;
    }
}
