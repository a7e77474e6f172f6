using Pipeline.Contracts;

namespace Pipeline.Drivers.Volume;

/// <summary>
/// Images that lie whole beside the volumes, so that the next volume of one shares its blocks and is made in an instant.
/// `images/{id}.used` tells of one, and by its time when it was used last. They are a cache: a few, and gone when there is no room.
/// </summary>
internal sealed class ImageShelf(VolumeFolders folders)
{
    public const int Most = 16;

    private const string Mark = ".used";

    private readonly Turns<ImageId> _turns = new();

    private string Folder => Path.Combine(folders.Root, "images");

    public Task<IDisposable> TakeAsync(ImageId id, CancellationToken ct) => _turns.TakeAsync(id, ct);

    public string PathOf(ImageId id) => Path.Combine(Folder, $"{id}");

    public bool Has(ImageId id) => File.Exists(PathOf(id) + Mark);

    /// <summary>The one that was used last comes first.</summary>
    public IReadOnlyList<ImageId> List() =>
        [
            .. VolumeFolders
                .Names(Folder)
                .Where(name => name.EndsWith(Mark, StringComparison.Ordinal))
                .Select(name => VolumeFolders.Parse<ImageId>(name[..^Mark.Length]))
                .OfType<ImageId>()
                .OrderByDescending(id => File.GetLastWriteTimeUtc(PathOf(id) + Mark)),
        ];

    public Task UsedAsync(ImageId id, CancellationToken ct) => SafeFile.WriteAsync(PathOf(id) + Mark, default, ct);

    /// <summary>A folder to make one in.</summary>
    public void Make() => SafeFile.MakeFolder(Folder);

    public void Forget(ImageId id)
    {
        foreach (var file in (string[])[PathOf(id) + Mark, PathOf(id), PathOf(id) + ".new"])
            if (File.Exists(file))
                File.Delete(file);
    }
}
