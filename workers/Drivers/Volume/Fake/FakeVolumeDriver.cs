using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume.Fake;

/// <summary>Volumes that are records of a <see cref="FakeHost"/>; a word stands for what each one holds.</summary>
public sealed class FakeVolumeDriver(FakeHost host, string cloud)
    : IVolumeDriver,
        IVolumeSnapshots,
        IVolumeContent,
        IVolumeExports,
        IVolumeRevert,
        IVolumeAdoption
{
    private const long TotalBytes = 1L << 56; // 64 PiB: load tests shall meet quotas, not the backend

    /// <summary>What it tells of itself whatever it holds; null for what is.</summary>
    public VolumeStatistics? Tells { get; init; }

    public string Name => "fake";

    public int Contract => DriverContract.Current;

    public Task<DriverReport> ProbeAsync(CancellationToken ct) =>
        Task.FromResult(new DriverReport(Ready: true, Problem: null, new SortedDictionary<string, string>()));

    public Task EnsureVolumeAsync(VolumeSpec spec, CancellationToken ct) =>
        host.DoAsync("EnsureVolume", $"{spec.Id}", () => Ensure(spec), ct);

    public Task ExtendVolumeAsync(VolumeId id, long bytes, CancellationToken ct) =>
        host.DoAsync("ExtendVolume", $"{id}", () => Extend(id, bytes), ct);

    public Task DeleteVolumeAsync(VolumeId id, CancellationToken ct) =>
        host.DoAsync("DeleteVolume", $"{id}", () => Delete(id), ct);

    public async IAsyncEnumerable<VolumeStatus> ListVolumesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var volume in await host.DoAsync("ListVolumes", "", () => Ours().ToList(), ct))
            yield return new VolumeStatus(
                volume.Spec.Id,
                volume.Spec.Bytes,
                Allocated: null,
                [.. volume.Snapshots.Keys.Select(key => new SnapshotId(Guid.Parse(key)))],
                [.. volume.Exports.Values.Select(export => export.Attachment)]
            );
    }

    public Task<VolumeStatistics> ReadStatisticsAsync(CancellationToken ct) =>
        Task.FromResult(Tells ?? host.See(Statistics));

    public Task EnsureSnapshotAsync(VolumeId volume, SnapshotId id, CancellationToken ct) =>
        host.DoAsync("EnsureSnapshot", $"{id}", () => Keep(Must(volume), id), ct);

    public Task DeleteSnapshotAsync(VolumeId volume, SnapshotId id, CancellationToken ct) =>
        host.DoAsync("DeleteSnapshot", $"{id}", () => Forget(volume, id), ct);

    public Task RevertAsync(VolumeId volume, SnapshotId snapshot, CancellationToken ct) =>
        host.DoAsync("RevertVolume", $"{volume}", () => Revert(Must(volume), snapshot), ct);

    public Task<IReadOnlyList<UnmanagedVolume>> ListUnmanagedAsync(CancellationToken ct) =>
        host.DoAsync("ListUnmanaged", "", Unmanaged, ct);

    public Task AdoptAsync(VolumeSpec spec, string name, CancellationToken ct) =>
        host.DoAsync("AdoptVolume", $"{spec.Id}", () => Adopt(spec, name), ct);

    public Task ReleaseAsync(VolumeId id, string name, CancellationToken ct) =>
        host.DoAsync("ReleaseVolume", $"{id}", () => Release(id, name), ct);

    public Task WriteImageAsync(VolumeId id, CachedImage image, IProgress<double>? progress, CancellationToken ct)
    {
        progress?.Report(0.5); // whatever delays it comes half way
        return host.DoAsync("WriteVolumeImage", $"{id}", () => Write(id, image, progress), ct);
    }

    public Task ReadImageAsync(
        VolumeId id,
        string path,
        string format,
        IProgress<double>? progress,
        CancellationToken ct
    ) => host.DoAsync("ReadVolumeImage", $"{id}", () => Read(id, path, format, progress), ct);

    public Task<VolumeConnection> EnsureExportAsync(ExportSpec spec, CancellationToken ct) =>
        host.DoAsync("EnsureExport", $"{spec.Attachment}", () => Open(spec), ct);

    public Task DeleteExportAsync(VolumeId volume, AttachmentId attachment, CancellationToken ct) =>
        host.DoAsync("DeleteExport", $"{attachment}", () => Close(volume, attachment), ct);

    public Task RestoreExportsAsync(CancellationToken ct) => Task.CompletedTask; // records do not go down with a host

    private FakeVolume Ensure(VolumeSpec spec)
    {
        VolumeRules.Check(spec, cloud);
        if (host.Volumes.GetValueOrDefault($"{spec.Id}") is { } known)
            return known.Spec.Cloud == cloud
                ? known
                : throw Fault.Conflict($"volume {spec.Id} belongs to another cloud");
        return Save(new FakeVolume(spec, ContentOf(spec), FakeVolume.NoSnapshots, FakeVolume.NoExports));
    }

    private string ContentOf(VolumeSpec spec)
    {
        if (spec.Source is not { } source)
            return "";
        var volume = Must(source.Volume);
        var (content, bytes) = source.Snapshot is { } id
            ? volume.Snapshots.GetValueOrDefault($"{id}") is { } kept
                ? (kept.Content, kept.Bytes)
                : throw VolumeRules.NoSnapshot(id)
            : (volume.Content, volume.Spec.Bytes);
        VolumeRules.CheckHolds(spec, bytes);
        return content;
    }

    private FakeVolume Extend(VolumeId id, long bytes)
    {
        VolumeRules.CheckSize(bytes);
        var volume = Must(id);
        return volume.Spec.Bytes >= bytes ? volume : Save(volume with { Spec = volume.Spec with { Bytes = bytes } });
    }

    private bool Delete(VolumeId id)
    {
        if (Find(id) is not { } volume)
            return false;
        if (volume.Exports.Count > 0)
            throw VolumeRules.Exported(id, "it cannot be deleted");
        if (volume.Snapshots.Count > 0)
            throw VolumeRules.HasSnapshots(id, volume.Snapshots.Count);
        return host.Volumes.Remove($"{id}");
    }

    private FakeVolume Keep(FakeVolume volume, SnapshotId id) =>
        volume.Snapshots.ContainsKey($"{id}")
            ? volume
            : Save(volume with { Snapshots = volume.Snapshots.Add($"{id}", new(volume.Content, volume.Spec.Bytes)) });

    private bool Forget(VolumeId volume, SnapshotId id)
    {
        if (Find(volume) is not { } found || !found.Snapshots.ContainsKey($"{id}"))
            return false;
        Save(found with { Snapshots = found.Snapshots.Remove($"{id}") });
        return true;
    }

    private FakeVolume Revert(FakeVolume volume, SnapshotId id)
    {
        if (volume.Exports.Count > 0)
            throw VolumeRules.Exported(volume.Spec.Id, "it cannot go back to a snapshot");
        return volume.Snapshots.GetValueOrDefault($"{id}") is { } kept
            ? Save(volume with { Content = kept.Content })
            : throw VolumeRules.NoSnapshot(id);
    }

    private IReadOnlyList<UnmanagedVolume> Unmanaged() =>
        [.. host.Unmanaged.Select(u => new UnmanagedVolume(u.Key, u.Value.Bytes, u.Value.Unfit))];

    private FakeVolume Adopt(VolumeSpec spec, string name)
    {
        VolumeRules.Check(spec, cloud);
        if (Find(spec.Id) is { } known)
            return known;
        if (host.Unmanaged.GetValueOrDefault(name) is not { } found)
            throw VolumeRules.NoUnmanaged(name);
        VolumeRules.CheckFit(new(name, found.Bytes, found.Unfit), spec.Bytes);
        host.Unmanaged.Remove(name);
        return Save(new FakeVolume(spec, found.Content, FakeVolume.NoSnapshots, FakeVolume.NoExports));
    }

    private bool Release(VolumeId id, string name)
    {
        VolumeRules.CheckName(name);
        if (Find(id) is not { } volume)
            return false;
        if (volume.Exports.Count > 0)
            throw VolumeRules.Exported(id, "it cannot be let go");
        if (volume.Snapshots.Count > 0)
            throw VolumeRules.HasSnapshots(id, volume.Snapshots.Count);
        host.Unmanaged[VolumeRules.NewName(name, host.Unmanaged.ContainsKey)] = new(volume.Content, volume.Spec.Bytes);
        return host.Volumes.Remove($"{id}");
    }

    private FakeVolume Write(VolumeId id, CachedImage image, IProgress<double>? progress)
    {
        VolumeRules.CheckFormat(image.Format);
        var volume = Must(id);
        if (volume.Exports.Count > 0)
            throw VolumeRules.Exported(id, "no image can be written to it");
        var file = host.Files.GetValueOrDefault(image.Path) ?? new FakeFile($"image {image.Id}", 0, image.Format);
        VolumeRules.CheckImage(image, file.Bytes, volume.Spec.Bytes);
        progress?.Report(1);
        return Save(volume with { Content = file.Content });
    }

    private bool Read(VolumeId id, string path, string format, IProgress<double>? progress)
    {
        VolumeRules.CheckFormat(format);
        var volume = Must(id);
        host.Files[path] = new FakeFile(volume.Content, volume.Spec.Bytes, format);
        progress?.Report(1);
        return true;
    }

    private VolumeConnection Open(ExportSpec spec)
    {
        var volume = Must(spec.Volume);
        Save(volume with { Exports = volume.Exports.SetItem($"{spec.Attachment}", spec) });
        return new VolumeConnection(
            "fake",
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["volume"] = $"{spec.Volume}",
                ["export"] = $"{spec.Attachment}",
            }
        );
    }

    private bool Close(VolumeId volume, AttachmentId attachment)
    {
        if (Find(volume) is not { } found || !found.Exports.ContainsKey($"{attachment}"))
            return false;
        Save(found with { Exports = found.Exports.Remove($"{attachment}") });
        return true;
    }

    private VolumeStatistics Statistics() =>
        new(
            "1",
            "Pipeline",
            "fake",
            Capacity.OfBytes(TotalBytes),
            Capacity.OfBytes(TotalBytes - Ours().Sum(volume => volume.Spec.Bytes)),
            new SortedDictionary<string, bool>(StringComparer.Ordinal)
            {
                ["QoS_support"] = true, // the guest's hypervisor throttles
                ["multiattach"] = true,
                ["online_extend_support"] = true,
                ["online_snapshot_support"] = true,
                ["snapshot_revert_support"] = true,
                ["thin_provisioning_support"] = true,
            }
        );

    private IEnumerable<FakeVolume> Ours() => host.Volumes.Values.Where(volume => volume.Spec.Cloud == cloud);

    private FakeVolume Save(FakeVolume volume) => host.Volumes[$"{volume.Spec.Id}"] = volume;

    private FakeVolume Must(VolumeId id) => Find(id) ?? throw VolumeRules.NoVolume(id);

    private FakeVolume? Find(VolumeId id) =>
        host.Volumes.GetValueOrDefault($"{id}") is { } volume && volume.Spec.Cloud == cloud ? volume : null;
}
