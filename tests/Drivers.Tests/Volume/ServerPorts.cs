using System.Net;
using System.Net.Sockets;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>Ports for the servers of volumes that tests start: below those that the kernel gives to connections, and no two alike.</summary>
internal static class ServerPorts
{
    private const int First = 30_100;
    private const int Count = 2_600;
    private static int _last = Random.Shared.Next(Count);

    /// <summary>Where a server that serves a range of ports may begin; one that is taken it passes over.</summary>
    public static int Range() => Random.Shared.Next(11_000, 30_000 - 100);

    /// <summary>One of two that nobody has, one beside the other: a server of targets takes no other.</summary>
    public static int Pair()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Add(ref _last, 2) % Count);
            if (IsFree(port) && IsFree(port + 1))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Any, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
