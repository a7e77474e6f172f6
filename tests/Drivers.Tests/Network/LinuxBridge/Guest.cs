using System.Net;
using System.Net.Sockets;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>A guest as far as the network can tell: a namespace with an `eth0`.</summary>
internal sealed class Guest(BridgeHost host, string space)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // What may pass does so within milliseconds on one machine.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(0.6);

    public string Space => space;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task<bool> PingsAsync(string address) => (await PingAsync(address, tries: 8)).ExitCode == 0;

    public async Task<bool> CannotPingAsync(string address) => (await PingAsync(address, tries: 1)).ExitCode == 1;

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

    public Task<bool> ConnectsAsync(string address, int port) => ConnectsAsync(address, port, Patience);

    public async Task<bool> CannotConnectAsync(string address, int port, int fromPort = 0) =>
        !await ConnectsAsync(address, port, Silence, fromPort);

    /// <summary>Whether bytes sent on one socket come out of the other.</summary>
    public static Task<bool> IsOpenAsync(Socket from, Socket to) => PassesAsync(from, to, Patience);

    public static async Task<bool> IsCutAsync(Socket from, Socket to) => !await PassesAsync(from, to, Silence);

    /// <summary>Asks for a lease; returns what the client was told, by the words of udhcpc: nothing when nobody answered.</summary>
    public async Task<IReadOnlyDictionary<string, string>> LeaseAsync()
    {
        var script = host.NewScript("#!/bin/sh\n[ \"$1\" = bound ] && env\nexit 0\n");
        string[] options = ["-O", "mtu", "-O", "staticroutes", "-O", "domain"];
        string[] arguments = ["udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "3", "-T", "1", "-s", script, .. options];
        var outcome = await host.TryAsync(space, "busybox", arguments);
        var pairs = outcome.Output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2);
        return outcome.ExitCode == 0
            ? pairs.ToDictionary(pair => pair[0], pair => pair[1])
            : new Dictionary<string, string>();
    }

    // Told to stop at the first answer, it says by its exit code whether there was one.
    private Task<CommandOutcome> PingAsync(string address, int tries) =>
        host.TryAsync(space, "busybox", "ping", "-c", "1", "-A", "-w", $"{tries}", address);

    private async Task<bool> ConnectsAsync(string address, int port, TimeSpan patience, int fromPort = 0)
    {
        var to = IPAddress.Parse(address);
        using var socket = NewSocket(ProtocolType.Tcp, to.AddressFamily);
        if (fromPort != 0)
            socket.Bind(new IPEndPoint(IPAddress.Any, fromPort));
        return await WithinAsync(patience, async ct => await socket.ConnectAsync(new IPEndPoint(to, port), ct));
    }

    private static Task<bool> PassesAsync(Socket from, Socket to, TimeSpan patience) =>
        WithinAsync(
            patience,
            async ct =>
            {
                await from.SendAsync(new byte[] { 42 }, ct);
                await to.ReceiveAsync(new byte[1], ct);
            }
        );

    private static async Task<bool> WithinAsync(TimeSpan patience, Func<CancellationToken, Task> act)
    {
        using var limit = new CancellationTokenSource(patience, TimeProvider.System);
        try
        {
            await act(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
