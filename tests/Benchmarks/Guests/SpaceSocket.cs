using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Benchmarks.Guests;

/// <summary>Makes sockets inside a network's namespace (setns(2)), each by a thread that ends there: a socket stays where it was made.</summary>
internal static class SpaceSocket
{
    private const int CloneNewNet = 0x40000000;

    /// <summary>Null while the namespace is not there.</summary>
    public static Socket? Open(string path)
    {
        Socket? socket = null;
        var thread = new Thread(() =>
        {
            if (File.Exists(path) && Enter(path))
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        });
        thread.Start();
        thread.Join();
        return socket;
    }

    private static bool Enter(string path)
    {
        try
        {
            using var space = File.OpenHandle(path);
            return setns(space, CloneNewNet) == 0;
        }
        catch (IOException)
        {
            return false; // it is being made, or has just gone
        }
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setns(SafeFileHandle space, int kind);
}
