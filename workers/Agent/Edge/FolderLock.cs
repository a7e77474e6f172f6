namespace Pipeline.Agent.Edge;

/// <summary>One process for one folder: the system gives the lock back when its process ends, however it ends.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    /// <summary>Null when another process holds it.</summary>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Waits for one that is on its way out.</summary>
    /// <exception cref="Fault">Conflict when it stays.</exception>
    public static async Task<FileStream> TakeAsync(
        string path,
        TimeSpan patience,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (time.GetElapsedTime(start) >= patience)
                throw Fault.Conflict($"Another process holds {path}: a host has one agent.");
            await Task.Delay(Again, time, ct);
        }
    }
}
