using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume;

/// <summary>
/// A volume is a sparse raw file, `data`; a snapshot is a copy of it, `snapshots/{id}`. Where the file system shares blocks
/// between files (reflink: xfs, btrfs) a copy takes milliseconds and no room, and is of one instant; elsewhere it is a plain one.
/// </summary>
internal sealed class RawLayout(VolumeFolders folders, QemuImg images, Command command) : IVolumeLayout
{
    private readonly ImageShelf _shelf = new(folders);
    private bool? _reflink;
    private int _reads;

    public async Task<bool> CopiesWhileOpenAsync(CancellationToken ct) => _reflink ??= await TryReflinkAsync(ct);

    public Task<VolumeFile?> FindAsync(VolumeId id, CancellationToken ct)
    {
        var data = new FileInfo(DataOf(id));
        return Task.FromResult<VolumeFile?>(
            data.Exists
                ? new VolumeFile(id, data.FullName, "raw", data.Length, Blocks.BytesOf(data.FullName), SnapshotsOf(id))
                : null
        );
    }

    public async Task MakeAsync(VolumeSpec spec, CancellationToken ct)
    {
        var source = spec.Source is { } origin ? SourceFile(origin) : null;
        if (source is not null)
            VolumeRules.CheckHolds(spec, source.Length);
        SafeFile.MakeFolder(folders.Of(spec.Id));
        try
        {
            await ReplaceAsync(
                DataOf(spec.Id),
                half => source is null ? CreateAsync(half) : CopyAsync(source.FullName, half, ct),
                spec.Bytes
            );
        }
        catch
        {
            SafeFile.RemoveFolder(folders.Of(spec.Id));
            throw;
        }
    }

    public Task GrowAsync(VolumeFile volume, long bytes, CancellationToken ct)
    {
        SetLength(volume.Path, bytes);
        return Task.CompletedTask;
    }

    public Task SnapshotAsync(VolumeFile volume, SnapshotId id, CancellationToken ct)
    {
        var file = SnapshotFile(volume.Id, id);
        SafeFile.MakeFolder(Path.GetDirectoryName(file)!);
        return ReplaceAsync(file, half => CopyAsync(volume.Path, half, ct), volume.Bytes);
    }

    public Task RevertAsync(VolumeFile volume, SnapshotId id, CancellationToken ct)
    {
        var kept = SourceFile(new VolumeSource(volume.Id, id));
        return ReplaceAsync(volume.Path, half => CopyAsync(kept.FullName, half, ct), volume.Bytes);
    }

    public async Task<(long Bytes, string? Problem)> LookAsync(FileInfo file, CancellationToken ct) =>
        (
            file.Length,
            file.Length == 0 ? "it is empty"
            : await Qcow2Header.ReadAsync(file.FullName, ct) is not null ? "it is a qcow2 file, and raw ones lie here"
            : null
        );

    public Task AdoptAsync(VolumeId id, string path, CancellationToken ct)
    {
        SafeFile.MakeFolder(folders.Of(id));
        File.Move(path, DataOf(id));
        return Task.CompletedTask;
    }

    public Task ReleaseAsync(VolumeFile volume, string path, CancellationToken ct)
    {
        File.Move(volume.Path, path);
        return RemoveAsync(volume.Id, snapshot: null, ct);
    }

    public async Task FillAsync(VolumeFile volume, CachedImage image, IProgress<double>? progress, CancellationToken ct)
    {
        Task ConvertAsync(string path) =>
            images.ConvertAsync((image.Path, image.Format), (path, "raw"), progress, volume.Bytes, ct);
        if (!await CopiesWhileOpenAsync(ct))
        {
            await ReplaceAsync(volume.Path, ConvertAsync, volume.Bytes); // it would take the room twice, and no less time
            return;
        }
        using var turn = await _shelf.TakeAsync(image.Id, ct);
        var kept = _shelf.PathOf(image.Id);
        _shelf.Make();
        if (!File.Exists(kept))
            await ReplaceAsync(kept, ConvertAsync, bytes: null);
        await _shelf.UsedAsync(image.Id, ct);
        await ReplaceAsync(volume.Path, half => CopyAsync(kept, half, ct), volume.Bytes);
        progress?.Report(1);
    }

    public IReadOnlyList<ImageId> ListImages() => _shelf.List();

    public async Task ForgetImageAsync(ImageId id, CancellationToken ct)
    {
        using var turn = await _shelf.TakeAsync(id, ct);
        _shelf.Forget(id);
    }

    public async Task<Still> HoldAsync(VolumeFile volume, CancellationToken ct)
    {
        if (!await CopiesWhileOpenAsync(ct))
            return new Still(volume.Path, "raw", IsCopy: false);
        var copy = Path.Combine(folders.Of(volume.Id), $"read-{Interlocked.Increment(ref _reads)}");
        File.Delete(copy);
        await CopyAsync(volume.Path, copy, ct);
        return new Still(copy, "raw", IsCopy: true);
    }

    public Task RemoveAsync(VolumeId volume, SnapshotId? snapshot, CancellationToken ct)
    {
        if (snapshot is not { } id)
            SafeFile.RemoveFolder(folders.Of(volume));
        else if (File.Exists(SnapshotFile(volume, id)))
            File.Delete(SnapshotFile(volume, id));
        return Task.CompletedTask;
    }

    /// <summary>Who has the file open keeps what was the volume; the volume goes on as a copy of it.</summary>
    public Task CutAsync(VolumeFile volume, CancellationToken ct) =>
        ReplaceAsync(volume.Path, half => CopyAsync(volume.Path, half, ct), volume.Bytes);

    /// <param name="bytes">Null for those that it comes to.</param>
    private static async Task ReplaceAsync(string path, Func<string, Task> make, long? bytes)
    {
        var half = path + ".new";
        try
        {
            File.Delete(half);
            await make(half);
            SetLength(half, bytes ?? new FileInfo(half).Length);
            File.Move(half, path, overwrite: true);
        }
        catch
        {
            File.Delete(half);
            throw;
        }
    }

    private static Task CreateAsync(string path) => SafeFile.WriteAsync(path, default, CancellationToken.None);

    private async Task CopyAsync(string from, string to, CancellationToken ct)
    {
        var reflink = await CopiesWhileOpenAsync(ct);
        string[] how = reflink ? ["--reflink=always"] : ["--reflink=never", "--sparse=always"];
        var limit = QemuImg.LimitOf(new FileInfo(from).Length);
        await command.RunAsync(new("cp", [.. how, "--", from, to], Limit: limit), ct);
    }

    private static void SetLength(string path, long bytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        if (file.Length != bytes)
            file.SetLength(bytes);
        file.Flush(flushToDisk: true);
    }

    private async Task<bool> TryReflinkAsync(CancellationToken ct)
    {
        SafeFile.MakeFolder(folders.Root);
        var (one, other) = (Path.Combine(folders.Root, "reflink"), Path.Combine(folders.Root, "reflink.copy"));
        await SafeFile.WriteAsync(one, new byte[4096], ct);
        var outcome = await command.TryAsync(new("cp", ["--reflink=always", "--", one, other]), ct);
        File.Delete(other);
        return outcome.ExitCode == 0;
    }

    private FileInfo SourceFile(VolumeSource source)
    {
        var file = new FileInfo(source.Snapshot is { } id ? SnapshotFile(source.Volume, id) : DataOf(source.Volume));
        if (file.Exists)
            return file;
        throw source.Snapshot is { } missing ? VolumeRules.NoSnapshot(missing) : VolumeRules.NoVolume(source.Volume);
    }

    private IReadOnlyList<SnapshotId> SnapshotsOf(VolumeId id) =>
        [
            .. VolumeFolders
                .Names(Path.Combine(folders.Of(id), "snapshots"))
                .Select(VolumeFolders.Parse<SnapshotId>)
                .OfType<SnapshotId>(),
        ];

    private string DataOf(VolumeId id) => Path.Combine(folders.Of(id), "data");

    private string SnapshotFile(VolumeId volume, SnapshotId id) =>
        Path.Combine(folders.Of(volume), "snapshots", $"{id}");
}
