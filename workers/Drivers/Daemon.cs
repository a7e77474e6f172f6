using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Drivers;

/// <summary>
/// A program that was started to outlive the agent. It is known by its command line, never by a process id alone, so that
/// no stranger who got a reused id is ever signalled; the pid file only makes it quick to find.
/// </summary>
/// <param name="isIt">Whether a process with these arguments is the one that is meant.</param>
public sealed class Daemon(string pidFile, Func<IReadOnlyList<string>, bool> isIt, TimeProvider time)
{
    private const int SigTerm = 15;
    private const int CloseOnExec = 0x80000; // O_CLOEXEC, and to be read
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>The arguments of the running process; null when there is none.</summary>
    public IReadOnlyList<string>? Find() => FindId() is { } id ? Arguments(id) : null;

    /// <summary>Whether the process runs that the pid file names: one that has helpers of the same arguments is that one alone.</summary>
    public bool IsNoted => ReadPid() is { } id && IsIt(id);

    /// <summary>Whether it has come so far that it takes the signal for what it means; before, that would end it (proc(5), SigCgt).</summary>
    public bool Catches(int signal) =>
        FindId() is { } id
        && Read($"/proc/{id}/status") is { } status
        && status.Split('\n').FirstOrDefault(line => line.StartsWith("SigCgt:", StringComparison.Ordinal)) is { } line
        && ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.AllowHexSpecifier, null, out var caught)
        && (caught >> (signal - 1) & 1) == 1;

    /// <returns>False when there was no such process.</returns>
    public bool Signal(int signal)
    {
        using var process = Open();
        process?.Signal(signal);
        return process is not null;
    }

    /// <summary>Asks every process of this kind to end, then kills it. Returns when they are gone; absent is success.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        while (Open() is { } found)
        {
            using var process = found;
            process.Signal(SigTerm);
            if (await process.EndsAsync(Grace, time, ct))
                continue;
            process.Kill();
            await process.EndsAsync(Grace, time, ct);
        }
    }

    private ProcessHandle? Open() => FindId() is { } id ? ProcessHandle.Open(id, () => IsIt(id)) : null;

    /// <summary>The running process's id; null when there is none.</summary>
    public int? FindId()
    {
        if (ReadPid() is { } id && IsIt(id))
            return id;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, null, out var other) && IsIt(other))
                return other;
        return null;
    }

    private bool IsIt(int id) => Arguments(id) is { Length: > 0 } arguments && isIt(arguments);

    private int? ReadPid() =>
        ReadLocked(pidFile) is { } text && int.TryParse(text.Trim(), NumberStyles.None, null, out var id) ? id : null;

    // One that has ended but was not reaped has no arguments any more.
    private static string[] Arguments(int id) =>
        Read($"/proc/{id}/cmdline") is { } line ? line.Split('\0', StringSplitOptions.RemoveEmptyEntries) : [];

    // Some keep a lock on it, at which the runtime's own readers stop.
    private static string? ReadLocked(string path)
    {
        using var file = open(path, CloseOnExec);
        if (file.IsInvalid)
            return null;
        using var reader = new StreamReader(new FileStream(file, FileAccess.Read), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
