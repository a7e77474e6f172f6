using Pipeline.Contracts;

namespace Pipeline.Drivers;

/// <summary>Files of the host that are whole or absent, whatever dies while they are written; only root reads them.</summary>
public static class SafeFile
{
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Replaces the file by way of a temporary name beside it.</summary>
    /// <exception cref="Fault">DiskFull; nothing of the new content is left then.</exception>
    public static async Task WriteAsync(
        string path,
        ReadOnlyMemory<byte> content,
        CancellationToken ct,
        UnixFileMode mode = Private
    )
    {
        var half = path + ".new";
        try
        {
            await using (var file = new FileStream(half, Anew))
            {
                File.SetUnixFileMode(file.SafeFileHandle, mode);
                await file.WriteAsync(content, ct);
                file.Flush(flushToDisk: true);
            }
            File.Move(half, path, overwrite: true);
        }
        catch (IOException cause) when (IsFull(cause))
        {
            File.Delete(half);
            throw Full(cause);
        }
    }

    /// <summary>Has what another program wrote brought to the disk.</summary>
    public static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Makes the folder, and those above it, for root alone.</summary>
    /// <exception cref="Fault">DiskFull.</exception>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        // The mode of a call holds for the last folder only.
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
            MakeFolder(parent);
        try
        {
            Directory.CreateDirectory(path, Folder);
        }
        catch (IOException cause) when (IsFull(cause))
        {
            throw Full(cause);
        }
    }

    /// <summary>Removes the folder and all in it; absent is success.</summary>
    public static void RemoveFolder(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already: that is what was asked for.
        }
    }

    private static FileStreamOptions Anew =>
        new()
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = Private,
        };

    // On Unix an IOException's HResult is the errno itself.
    private static bool IsFull(IOException cause) => cause.HResult is NoSpaceLeft or QuotaExceeded;

    private static Fault Full(IOException cause) => new(FaultCode.DiskFull, "the host's disk is full", cause: cause);
}
