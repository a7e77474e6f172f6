using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>A guest as far as the network can tell: a namespace with an `eth0`.</summary>
internal sealed class Guest(BridgeHost host, string space)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Long enough for a second try of a lost SYN, as short as a test may be that proves a silence.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1.5);

    public string Space => space;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task<bool> CanPingAsync(string address) =>
        (await host.TryAsync(space, "busybox", "ping", "-c", "1", "-W", "1", address)).ExitCode == 0;

    /// <summary>Listens on all addresses. The kernel accepts for it, so a client's connect succeeds by itself.</summary>
    public Socket Listen(int port, ProtocolType protocol = ProtocolType.Tcp) =>
        Inside.Run(
            space,
            () =>
            {
                var socket = NewSocket(protocol, AddressFamily.InterNetworkV6);
                socket.DualMode = true;
                socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                if (protocol == ProtocolType.Tcp)
                    socket.Listen();
                return socket;
            }
        );

    public Socket NewSocket(
        ProtocolType protocol = ProtocolType.Tcp,
        AddressFamily family = AddressFamily.InterNetwork
    ) =>
        Inside.Run(
            space,
            () => new Socket(family, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol)
        );

    public async Task<Socket> ConnectAsync(string address, int port)
    {
        var to = IPAddress.Parse(address);
        var socket = NewSocket(ProtocolType.Tcp, to.AddressFamily);
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        await socket.ConnectAsync(new IPEndPoint(to, port), limit.Token);
        return socket;
    }

    public async Task<bool> CanConnectAsync(string address, int port)
    {
        var to = IPAddress.Parse(address);
        using var socket = NewSocket(ProtocolType.Tcp, to.AddressFamily);
        using var limit = new CancellationTokenSource(Silence, TimeProvider.System);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(to, port), limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Whether bytes sent on one socket come out of the other.</summary>
    public static async Task<bool> IsOpenAsync(Socket from, Socket to)
    {
        using var limit = new CancellationTokenSource(Silence, TimeProvider.System);
        try
        {
            await from.SendAsync(new byte[] { 42 }, limit.Token);
            return await to.ReceiveAsync(new byte[1], limit.Token) == 1;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Asks for a lease; returns what the client was told, by the words of udhcpc, or null when nobody answered.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> LeaseAsync(string folder)
    {
        var script = Path.Combine(folder, $"udhcpc-{space}");
        await File.WriteAllTextAsync(script, "#!/bin/sh\n[ \"$1\" = bound ] && env\nexit 0\n", Ct);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] options = ["-O", "mtu", "-O", "staticroutes", "-O", "249"];
        string[] arguments = ["udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "4", "-T", "1", "-s", script, .. options];
        var outcome = await host.TryAsync(space, "busybox", arguments);
        return outcome.ExitCode != 0
            ? null
            : outcome
                .Output.Split('\n')
                .Select(line => line.Split('=', 2))
                .Where(pair => pair.Length == 2)
                .ToDictionary(pair => pair[0], pair => pair[1]);
    }
}
