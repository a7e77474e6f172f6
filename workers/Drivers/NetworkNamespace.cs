using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Drivers;

/// <summary>
/// Goes into a network namespace (setns(2)) with a thread of its own, which ends there: a socket stays in the namespace
/// it was made in, and no other thread of the process ever leaves its own.
/// </summary>
public static class NetworkNamespace
{
    private const int CloneNewNet = 0x40000000;

    /// <summary>Tells one namespace from the next one under the same path.</summary>
    /// <exception cref="IOException">There is no namespace at the path.</exception>
    public static string IdentityOf(string path) =>
        Inside(path, () => new FileInfo("/proc/thread-self/ns/net").LinkTarget ?? "");

    /// <exception cref="IOException">There is no namespace at the path.</exception>
    /// <exception cref="SocketException">The address is not there, or is taken.</exception>
    public static Socket Listen(string path, IPEndPoint endPoint, int backlog) =>
        Inside(
            path,
            () =>
            {
                var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(endPoint);
                socket.Listen(backlog);
                return socket;
            }
        );

    /// <param name="act">Must begin nothing asynchronous: threads of the runtime would be born inside.</param>
    /// <exception cref="IOException">There is no namespace at the path.</exception>
    public static T Inside<T>(string path, Func<T> act) =>
        OnThread(() =>
        {
            using var space = File.OpenHandle(path);
            if (setns(space, CloneNewNet) != 0)
                throw new IOException($"{path} is not a network namespace ({Marshal.GetLastPInvokeErrorMessage()})");
            return act();
        });

    /// <summary>In a namespace that has nothing but a loopback device, and goes when this is done.</summary>
    /// <param name="act">Must begin nothing asynchronous: threads of the runtime would be born inside.</param>
    /// <exception cref="IOException">The caller may not make one.</exception>
    public static T InsideNew<T>(Func<T> act) =>
        OnThread(() =>
            unshare(CloneNewNet) == 0
                ? act()
                : throw new IOException($"no network namespace can be made ({Marshal.GetLastPInvokeErrorMessage()})")
        );

    private static T OnThread<T>(Func<T> act)
    {
        var (result, failure) = (default(T), (Exception?)null);
        var thread = new Thread(() =>
        {
            try
            {
                result = act();
            }
            catch (Exception cause)
            {
                failure = cause;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw failure;
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setns(SafeFileHandle space, int kind);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int unshare(int kinds);
}
