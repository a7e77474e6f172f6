using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Drivers;

/// <summary>
/// Holds on to one process (pidfd_open(2)), so that neither a signal nor a look can hit another one under the same pid.
/// It has ended when all it held open is closed, be it reaped or not.
/// </summary>
internal sealed class ProcessHandle : IDisposable
{
    private const int SigKill = 9;
    private const short Readable = 1;

    private readonly SafeFileHandle _process;

    private ProcessHandle(SafeFileHandle process) => _process = process;

    /// <param name="isIt">Looked at once the handle holds: says whether the pid is the process that is meant.</param>
    /// <returns>Null when there is no such process.</returns>
    public static ProcessHandle? Open(int pid, Func<bool> isIt)
    {
        var process = new SafeFileHandle(pidfd_open(pid, 0), ownsHandle: true);
        if (!process.IsInvalid && isIt())
            return new ProcessHandle(process);
        process.Dispose();
        return null;
    }

    public void Kill() => Signal(SigKill);

    public void Signal(int signal) => _ = pidfd_send_signal(_process, signal, 0, 0);

    /// <returns>False when the process is still there after the limit.</returns>
    public async Task<bool> EndsAsync(TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (!HasEnded())
        {
            if (time.GetElapsedTime(start) >= limit)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(5), time, ct);
        }
        return true;
    }

    public void Dispose() => _process.Dispose();

    private bool HasEnded()
    {
        var poll = new Poll { Descriptor = (int)_process.DangerousGetHandle(), Events = Readable };
        return poll_(ref poll, 1, 0) > 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int pidfd_open(int pid, uint flags);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int pidfd_send_signal(SafeFileHandle process, int signal, nint info, uint flags);

    [DllImport("libc", EntryPoint = "poll"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int poll_(ref Poll descriptors, nuint count, int milliseconds);
}
