namespace Pipeline.Agent.BlockStorage;

/// <summary>Files of one folder of the agent's.</summary>
internal sealed class VolumeFiles(string folder) : IVolumeFiles
{
    private const int Piece = 1 << 16;

    /// <summary>Begins with an empty folder: what is there was left by an agent that died.</summary>
    public static VolumeFiles Open(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(folder);
    }

    public string PathOf(string name) => Path.Combine(folder, name);

    public Stream OpenRead(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Piece, FileOptions.SequentialScan);

    public Stream Create(string path, long bytes)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, Piece);
        file.SetLength(bytes);
        return file;
    }

    public void Remove(string path) => File.Delete(path);
}
