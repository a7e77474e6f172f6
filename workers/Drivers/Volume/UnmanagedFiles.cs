using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume;

/// <summary>What the backend's operator has in `unmanaged/`, beside the cloud's volumes: files by their names.</summary>
internal sealed class UnmanagedFiles(VolumeFolders folders, IVolumeLayout layout)
{
    private readonly string _root = Path.Combine(folders.Root, "unmanaged");

    public async Task<IReadOnlyList<UnmanagedVolume>> ListAsync(CancellationToken ct)
    {
        SafeFile.MakeFolder(_root); // so that the operator finds where
        var found = new List<UnmanagedVolume>();
        foreach (var name in VolumeFolders.Names(_root))
            if (await FindAsync(name, ct) is { } file)
                found.Add(file);
        return found;
    }

    /// <returns>Null when there is nothing of this name.</returns>
    public async Task<UnmanagedVolume?> FindAsync(string name, CancellationToken ct)
    {
        if (!VolumeRules.IsName(name))
            return null;
        var file = new FileInfo(PathOf(name));
        try
        {
            if (file.LinkTarget is not null || !file.Exists)
                return file.LinkTarget is not null || Directory.Exists(file.FullName)
                    ? new UnmanagedVolume(name, 0, "it is not a plain file")
                    : null;
            var unfit = OpenFiles.HolderOf(file.FullName) is { } process ? $"process {process} has it open" : null;
            var (bytes, problem) = await layout.LookAsync(file, ct);
            return new UnmanagedVolume(name, bytes, unfit ?? problem);
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The file's path, once it may become a volume of the size.</summary>
    /// <exception cref="Fault">NotFound; Conflict; BadRequest.</exception>
    public async Task<string> ClaimAsync(string name, long bytes, CancellationToken ct)
    {
        var found = await FindAsync(name, ct) ?? throw VolumeRules.NoUnmanaged(name);
        VolumeRules.CheckFit(found, bytes);
        return PathOf(name);
    }

    /// <summary>The path of the name, or of one that begins with it where that is another's: nothing lies there.</summary>
    public string Free(string name)
    {
        SafeFile.MakeFolder(_root);
        return PathOf(VolumeRules.NewName(name, taken => Path.Exists(PathOf(taken))));
    }

    private string PathOf(string name) => Path.Combine(_root, name);
}
