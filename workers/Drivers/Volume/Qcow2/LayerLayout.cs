using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume.Qcow2;

/// <summary>
/// What a volume holds is a chain of qcow2 files, layers: it writes to the top one, and each stands on the one before, which
/// is frozen. A snapshot is a frozen layer, and the volume goes on in a new one above it; a clone is a new layer on another
/// volume's. Who has which layer stands in each volume's record, replaced in one go; a layer that nobody has, and nobody
/// stands on, is swept away.
/// </summary>
/// <remarks>
/// A snapshot that is deleted leaves its layer under those that stand on it. To keep it is free, but chains would grow with
/// each snapshot that comes and goes, so a volume's own part of its chain is shortened when it is next changed at rest: a layer
/// that only the next one stands on is taken up by that one (rebase), which dying half-way changes nothing of what is read.
/// </remarks>
internal sealed class LayerLayout(VolumeFolders folders, QemuImg images) : IVolumeLayout
{
    private readonly Layers _layers = new(folders);
    private readonly ImageShelf _shelf = new(folders);
    private readonly Turns<string> _turns = new(); // layers are shared by volumes, whose turns are their own

    // The hypervisor that has the top layer open owns its tables, and keeps some of them in its memory.
    public Task<bool> CopiesWhileOpenAsync(CancellationToken ct) => Task.FromResult(false);

    public async Task<VolumeFile?> FindAsync(VolumeId id, CancellationToken ct)
    {
        if (_layers.Read(id) is not { } record || await _layers.HeaderAsync(record.Top, ct) is not { } header)
            return null;
        var path = _layers.PathOf(record.Top);
        SnapshotId[] snapshots =
        [
            .. record.Snapshots.Keys.Select(VolumeFolders.Parse<SnapshotId>).OfType<SnapshotId>(),
        ];
        return new VolumeFile(id, path, "qcow2", header.VirtualBytes, Blocks.BytesOf(path), snapshots);
    }

    public async Task MakeAsync(VolumeSpec spec, CancellationToken ct)
    {
        if (spec.Source is { Snapshot: null } copied)
            await ShortenAsync(copied.Volume, ct);
        await AloneAsync(
            async () =>
            {
                var below = spec.Source is { } source ? await FreezeAsync(source, spec, ct) : null;
                var top = _layers.NewName(spec.Id);
                await images.CreateAsync(_layers.PathOf(top), spec.Bytes, below, ct);
                await _layers.WriteAsync(spec.Id, new LayerRecord(top, LayerRecord.None), ct);
            },
            ct
        );
    }

    public Task GrowAsync(VolumeFile volume, long bytes, CancellationToken ct) =>
        images.ResizeAsync(volume.Path, "qcow2", bytes, ct);

    public async Task SnapshotAsync(VolumeFile volume, SnapshotId id, CancellationToken ct)
    {
        await ShortenAsync(volume.Id, ct);
        await AloneAsync(
            async () =>
            {
                var record = _layers.Read(volume.Id)!;
                var snapshots = record.Snapshots.SetItem($"{id}", record.Top);
                await RaiseAsync(volume.Id, record with { Snapshots = snapshots }, volume.Bytes, ct);
            },
            ct
        );
    }

    public Task RevertAsync(VolumeFile volume, SnapshotId id, CancellationToken ct) =>
        AloneAsync(
            async () =>
            {
                var record = _layers.Read(volume.Id)!;
                var kept = record.Snapshots.GetValueOrDefault($"{id}") ?? throw VolumeRules.NoSnapshot(id);
                await RaiseAsync(volume.Id, record with { Top = kept }, volume.Bytes, ct);
                await _layers.SweepAsync(ct);
            },
            ct
        );

    public async Task<(long Bytes, string? Problem)> LookAsync(FileInfo file, CancellationToken ct) =>
        await Qcow2Header.ReadAsync(file.FullName, ct) switch
        {
            null => (file.Length, "it is no qcow2 file"),
            { BackingFile: not null } on => (on.VirtualBytes, "it stands on another file"),
            { IsEncrypted: true } secret => (secret.VirtualBytes, "it is encrypted"),
            { Incompatible: var bits } strange when (bits & ~Qcow2Header.Harmless) != 0 => (
                strange.VirtualBytes,
                "it is corrupt, or not all in one file"
            ),
            var whole => (whole.VirtualBytes, null),
        };

    // The record first: a layer that nobody has would be swept away.
    public Task AdoptAsync(VolumeId id, string path, CancellationToken ct) =>
        AloneAsync(
            async () =>
            {
                var record = _layers.Read(id) ?? new LayerRecord(_layers.NewName(id), LayerRecord.None);
                await _layers.WriteAsync(id, record, ct);
                File.Move(path, _layers.PathOf(record.Top));
            },
            ct
        );

    // Nothing stands on a top layer, so it takes up what it stands on, and is whole by itself.
    public async Task ReleaseAsync(VolumeFile volume, string path, CancellationToken ct)
    {
        if ((await Qcow2Header.ReadAsync(volume.Path, ct))?.BackingFile is not null)
            await images.RebaseAsync(volume.Path, onto: null, volume.Bytes, ct);
        await AloneAsync(
            () =>
            {
                File.Move(volume.Path, path);
                return Task.CompletedTask;
            },
            ct
        );
        await RemoveAsync(volume.Id, snapshot: null, ct);
    }

    public async Task FillAsync(VolumeFile volume, CachedImage image, IProgress<double>? progress, CancellationToken ct)
    {
        using var turn = await _shelf.TakeAsync(image.Id, ct);
        var (kept, half) = (Layers.NameOf(image.Id), _shelf.PathOf(image.Id) + ".new");
        var isThere = false;
        _shelf.Make();
        await AloneAsync(
            async () =>
            {
                // Also one that is kept no more is there while volumes stand on it.
                if (isThere = await _layers.HeaderAsync(kept, ct) is not null)
                    await _shelf.UsedAsync(image.Id, ct);
            },
            ct
        );
        if (!isThere)
            await images.ConvertAsync((image.Path, image.Format), (half, "qcow2"), progress, volume.Bytes, ct);
        await AloneAsync(
            async () =>
            {
                if (!isThere)
                    File.Move(half, _layers.PathOf(kept));
                await _shelf.UsedAsync(image.Id, ct);
                var top = _layers.NewName(volume.Id);
                await images.CreateAsync(_layers.PathOf(top), volume.Bytes, kept, ct);
                await _layers.WriteAsync(volume.Id, _layers.Read(volume.Id)! with { Top = top }, ct);
                await _layers.SweepAsync(ct);
            },
            ct
        );
        progress?.Report(1);
    }

    public IReadOnlyList<ImageId> ListImages() => _shelf.List();

    public async Task ForgetImageAsync(ImageId id, CancellationToken ct)
    {
        using var turn = await _shelf.TakeAsync(id, ct);
        await AloneAsync(
            async () =>
            {
                _shelf.Forget(id);
                await _layers.SweepAsync(ct);
            },
            ct
        );
    }

    // The volume's turn is held while it is read: nobody attaches it, and nothing it stands on is changed.
    public Task<Still> HoldAsync(VolumeFile volume, CancellationToken ct) =>
        Task.FromResult(new Still(volume.Path, "qcow2", IsCopy: false));

    public async Task RemoveAsync(VolumeId volume, SnapshotId? snapshot, CancellationToken ct)
    {
        await AloneAsync(
            async () =>
            {
                if (snapshot is null)
                    SafeFile.RemoveFolder(folders.Of(volume));
                else if (_layers.Read(volume) is { } record)
                    await _layers.WriteAsync(volume, record.Without(snapshot.Value), ct);
                await _layers.SweepAsync(ct);
            },
            ct
        );
        if (snapshot is not null)
            await ShortenAsync(volume, ct);
    }

    /// <returns>A layer that will not change any more and holds what the source does.</returns>
    private async Task<string> FreezeAsync(VolumeSource source, VolumeSpec spec, CancellationToken ct)
    {
        var record = _layers.Read(source.Volume) ?? throw VolumeRules.NoVolume(source.Volume);
        var layer = source.Snapshot is { } id
            ? record.Snapshots.GetValueOrDefault($"{id}") ?? throw VolumeRules.NoSnapshot(id)
            : record.Top;
        var header = await _layers.HeaderAsync(layer, ct) ?? throw VolumeRules.NoVolume(source.Volume);
        VolumeRules.CheckHolds(spec, header.VirtualBytes);
        if (source.Snapshot is null)
            await RaiseAsync(source.Volume, record, header.VirtualBytes, ct);
        return layer;
    }

    /// <summary>Has the volume go on in a new layer on its top one.</summary>
    private async Task RaiseAsync(VolumeId id, LayerRecord record, long bytes, CancellationToken ct)
    {
        var top = _layers.NewName(id);
        await images.CreateAsync(_layers.PathOf(top), bytes, record.Top, ct);
        await _layers.WriteAsync(id, record with { Top = top }, ct);
    }

    private async Task ShortenAsync(VolumeId id, CancellationToken ct)
    {
        while (folders.ListExports(id).Count == 0 && await NextMergeAsync(id, ct) is { } merge)
        {
            await images.RebaseAsync(_layers.PathOf(merge.Layer), merge.Onto, merge.Bytes, ct);
            await AloneAsync(() => _layers.SweepAsync(ct), ct);
        }
    }

    private async Task<LayerMerge?> NextMergeAsync(VolumeId id, CancellationToken ct)
    {
        LayerMerge? merge = null;
        await AloneAsync(async () => merge = await _layers.NextMergeAsync(id, ct), ct);
        return merge;
    }

    private async Task AloneAsync(Func<Task> change, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("layers", ct);
        await change();
    }
}
