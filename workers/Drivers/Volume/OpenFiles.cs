namespace Pipeline.Drivers.Volume;

/// <summary>Who on this machine has a file open (proc(5), fd).</summary>
public static class OpenFiles
{
    /// <returns>A process that has it open; null for none.</returns>
    public static int? HolderOf(string path)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(process), out var id) && Holds(process, path))
                return id;
        return null;
    }

    public static bool IsHeldBy(int id, string path) => Holds($"/proc/{id}", path);

    private static bool Holds(string process, string path)
    {
        try
        {
            return Directory
                .EnumerateFileSystemEntries(Path.Combine(process, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget == path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
