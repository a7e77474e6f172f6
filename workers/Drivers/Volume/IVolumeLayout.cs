using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume;

/// <summary>How volumes and snapshots lie in files. Every member ensures; callers hold the turns of the volumes they name.</summary>
internal interface IVolumeLayout
{
    /// <summary>Whether a volume can be copied while it is written to, and the copy be as of one instant.</summary>
    Task<bool> CopiesWhileOpenAsync(CancellationToken ct);

    /// <returns>Null when it is not here, or not wholly made.</returns>
    Task<VolumeFile?> FindAsync(VolumeId id, CancellationToken ct);

    /// <exception cref="Fault">NotFound for a source that is not here; BadRequest when it is larger.</exception>
    Task MakeAsync(VolumeSpec spec, CancellationToken ct);

    Task GrowAsync(VolumeFile volume, long bytes, CancellationToken ct);

    Task SnapshotAsync(VolumeFile volume, SnapshotId id, CancellationToken ct);

    /// <summary>Puts what a snapshot holds in the place of what the volume does.</summary>
    /// <exception cref="Fault">NotFound.</exception>
    Task RevertAsync(VolumeFile volume, SnapshotId id, CancellationToken ct);

    /// <summary>What a guest would see of a file that is no volume yet, and what keeps it from becoming one.</summary>
    Task<(long Bytes, string? Problem)> LookAsync(FileInfo file, CancellationToken ct);

    /// <summary>Makes a volume of a file, which is no longer where it was.</summary>
    Task AdoptAsync(VolumeId id, string path, CancellationToken ct);

    /// <summary>Makes a file of a volume that has no snapshots, which is no longer there then.</summary>
    Task ReleaseAsync(VolumeFile volume, string path, CancellationToken ct);

    /// <summary>Puts an image in the place of what the volume holds.</summary>
    Task FillAsync(VolumeFile volume, CachedImage image, IProgress<double>? progress, CancellationToken ct);

    /// <summary>The images that it keeps for volumes to come, the one that was used last first.</summary>
    IReadOnlyList<ImageId> ListImages();

    Task ForgetImageAsync(ImageId id, CancellationToken ct);

    /// <summary>What the volume holds now, to be read at leisure.</summary>
    Task<Still> HoldAsync(VolumeFile volume, CancellationToken ct);

    /// <summary>Removes a snapshot, or the volume when none is named.</summary>
    Task RemoveAsync(VolumeId volume, SnapshotId? snapshot, CancellationToken ct);
}

/// <param name="Path">The file that a guest's host writes to.</param>
/// <param name="Format">`raw` or `qcow2`.</param>
internal sealed record VolumeFile(
    VolumeId Id,
    string Path,
    string Format,
    long Bytes,
    long? Allocated,
    IReadOnlyList<SnapshotId> Snapshots
);

/// <summary>A file that does not change while it is read.</summary>
/// <param name="IsCopy">It is gone afterwards, and what the volume it is of does meanwhile is no matter.</param>
internal sealed record Still(string Path, string Format, bool IsCopy) : IDisposable
{
    public void Dispose()
    {
        try
        {
            if (IsCopy)
                File.Delete(Path);
        }
        catch (DirectoryNotFoundException)
        {
            // The volume went meanwhile, and its folder with it.
        }
    }
}
