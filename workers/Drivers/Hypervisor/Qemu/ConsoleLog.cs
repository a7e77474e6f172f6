using System.Text;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>The serial console's log. QEMU appends to it for ever; whoever reads or lists cuts it to its last MiB.</summary>
internal static class ConsoleLog
{
    public const int Kept = 1024 * 1024;

    public static async Task<string> ReadAsync(GuestFolder folder, CancellationToken ct)
    {
        await CutAsync(folder, ct);
        var text = new MemoryStream();
        text.Write(await TailAsync(folder.ConsoleBefore, ct));
        text.Write(await TailAsync(folder.Console, ct));
        var start = (int)Math.Max(0, text.Length - Kept);
        return Encoding.UTF8.GetString(text.GetBuffer().AsSpan(start, (int)text.Length - start));
    }

    /// <summary>Keeps the log's end aside and empties it in place: QEMU opened it to append, so it goes on at the new end.</summary>
    public static async Task CutAsync(GuestFolder folder, CancellationToken ct)
    {
        if (new FileInfo(folder.Console) is not { Exists: true, Length: > Kept })
            return;
        try
        {
            await SafeFile.WriteAsync(folder.ConsoleBefore, await TailAsync(folder.Console, ct), ct);
        }
        catch (Fault)
        {
            File.Delete(folder.ConsoleBefore); // the disk is full: room matters more than old words
        }
        await using var log = new FileStream(folder.Console, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        log.SetLength(0);
    }

    private static async Task<byte[]> TailAsync(string path, CancellationToken ct)
    {
        if (!File.Exists(path))
            return [];
        await using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        file.Position = Math.Max(0, file.Length - Kept);
        var tail = new byte[Math.Min(file.Length, Kept)];
        var read = await file.ReadAtLeastAsync(tail, tail.Length, throwOnEndOfStream: false, ct);
        return tail[..read];
    }
}
