using System.Text;

namespace Pipeline.Drivers;

/// <summary>Files of a daemon that has long given up root when it reads them: they are for all to read, and hold no secret.</summary>
/// <param name="root">The folder down from which all must be passable.</param>
/// <param name="path">The daemon's own, below it.</param>
internal sealed class RunFolder(string root, string path)
{
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Passable =
        Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string Path => path;

    public bool Exists => Directory.Exists(path);

    public string In(string name) => System.IO.Path.Combine(path, name);

    public void Make()
    {
        foreach (var part in Parts(path))
            MakePassable(part);
    }

    /// <summary>Absent is no line.</summary>
    public async Task<string[]> ReadAsync(string name, CancellationToken ct) =>
        File.Exists(In(name)) ? await File.ReadAllLinesAsync(In(name), ct) : [];

    public Task WriteAsync(string name, IEnumerable<string> lines, CancellationToken ct) =>
        SafeFile.WriteAsync(
            In(name),
            Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))),
            ct,
            Readable
        );

    /// <summary>Absent is success.</summary>
    public void Remove() => SafeFile.RemoveFolder(path);

    /// <summary>The folders down to the daemon's, those above first.</summary>
    private IEnumerable<string> Parts(string folder) =>
        folder == root ? [folder] : [.. Parts(System.IO.Path.GetDirectoryName(folder)!), folder];

    private static void MakePassable(string folder)
    {
        if (Directory.Exists(folder))
            return;
        SafeFile.MakeFolder(folder);
        File.SetUnixFileMode(folder, Passable);
    }
}
