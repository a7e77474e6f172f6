using Pipeline.Data;

namespace Pipeline.Functions;

/// <summary>A 32-byte key in a file of mode 0600, made at the first start.</summary>
internal static class KeyFile
{
    private const int Size = 32;

    /// <exception cref="Fault">BadRequest when the file holds something else.</exception>
    public static byte[] Ensure(string file, Randomness randomness)
    {
        if (File.Exists(file))
            return File.ReadAllBytes(file) is { Length: Size } key
                ? key
                : throw Fault.BadRequest($"{file} is not a key of {Size} bytes.");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var fresh = randomness.Bytes(Size);
        Private.Write(file, fresh);
        return fresh;
    }
}

/// <summary>Files that only their owner reads, whole or absent.</summary>
internal static class Private
{
    public static void Write(string file, byte[] content)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(file + ".new", options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(file + ".new", file, overwrite: true);
    }
}
