namespace Pipeline.Runtime.Storage;

/// <summary>
/// A log that cannot fill its disk: where the output is a file, it is emptied in place when it has grown beyond its
/// limit, and what it held is kept aside once, as `FILE.old`. Whoever else appends to the file goes on at its new end.
/// </summary>
/// <param name="file">The file that the output appends to; null where it is none.</param>
/// <param name="limit">In bytes; the file and its predecessor take twice as much.</param>
public sealed class BoundedLog(Stream output, string? file, long limit) : Stream
{
    public const long Limit = 16 * 1024 * 1024;
    private long size = file is not null && File.Exists(file) ? new FileInfo(file).Length : 0;

    public static BoundedLog OfStandardOutput() => new(Console.OpenStandardOutput(), FileOf(1), Limit);

    public static BoundedLog OfStandardError(long limit) => new(Console.OpenStandardError(), FileOf(2), limit);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        output.Write(buffer);
        size += buffer.Length;
        if (file is not null && size > limit)
            Cut(file);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            output.Dispose();
        base.Dispose(disposing);
    }

    private void Cut(string path)
    {
        size = 0;
        if (!File.Exists(path))
            return; // it was moved or deleted: nothing that grows has a name here
        try
        {
            File.Copy(path, path + ".old", overwrite: true);
        }
        catch (Exception unkept) when (unkept is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(path + ".old"))
                File.Delete(path + ".old"); // the disk is full: room matters more than old words
        }
        using var log = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        log.SetLength(0);
    }

    private static string? FileOf(int descriptor)
    {
        var target = new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
        return target is ['/', ..] && !target.StartsWith("/dev/") && File.Exists(target) ? target : null;
    }
}
