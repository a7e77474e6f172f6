using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>Does a thing within a network namespace: a thread of its own goes there and is thrown away.</summary>
internal static class Inside
{
    private const int CloneNewNet = 0x40000000;

    /// <param name="act">Must not begin anything asynchronous: the runtime's threads would be born inside.</param>
    public static T Run<T>(string space, Func<T> act)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var target = File.OpenHandle($"/run/netns/{space}");
                if (setns(target, CloneNewNet) != 0)
                    throw new InvalidOperationException($"setns failed with {Marshal.GetLastPInvokeError()}");
                result = act();
            }
            catch (Exception cause)
            {
                failure = cause;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException($"inside {space}", failure);
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setns(SafeFileHandle space, int kind);
}
