using System.Globalization;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>
/// Finds guests' processes. A pid proves nothing, for pids are used again: a process is a guest's when it is a QEMU that
/// was given the guest's own pid file. A zombie has no arguments any more and so counts as gone.
/// </summary>
internal static class GuestProcesses
{
    public static bool IsAlive(GuestFolder folder) => NamedByFile(folder) || Find(folder).Any();

    /// <summary>The pid files of all guests that run on this machine, whosever they are.</summary>
    public static HashSet<string> AllAlive() =>
        All().Select(PidFileOf).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>Takes hold of what runs for the guest: one process, or none.</summary>
    /// <remarks>There are more for moments only, while a QEMU turns into a daemon.</remarks>
    public static IReadOnlyList<ProcessHandle> Hold(GuestFolder folder) =>
        [
            .. Find(folder)
                .Select(pid => ProcessHandle.Open(pid, () => PidFileOf(pid) == folder.PidFile))
                .OfType<ProcessHandle>(),
        ];

    /// <summary>The pid file spares a walk through all processes; it is believed only when the process agrees.</summary>
    public static bool NamedByFile(GuestFolder folder)
    {
        try
        {
            return int.TryParse(File.ReadAllText(folder.PidFile), CultureInfo.InvariantCulture, out var pid)
                && PidFileOf(pid) == folder.PidFile;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static IEnumerable<int> Find(GuestFolder folder) => All().Where(pid => PidFileOf(pid) == folder.PidFile);

    private static IEnumerable<int> All() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0);

    private static string? PidFileOf(int pid)
    {
        try
        {
            var arguments = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            var at = Array.IndexOf(arguments, "-pidfile");
            return at >= 0 && at + 1 < arguments.Length && IsQemu(pid) ? arguments[at + 1] : null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null; // it ended while it was looked at, or is not ours to look at
        }
    }

    private static bool IsQemu(int pid) =>
        Path.GetFileName(new FileInfo($"/proc/{pid}/exe").LinkTarget)?.StartsWith("qemu", StringComparison.Ordinal)
        == true;
}
