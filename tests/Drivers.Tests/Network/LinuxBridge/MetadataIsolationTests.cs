using System.Net;
using System.Net.Sockets;
using System.Text;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>
/// The metadata service knows guests by their addresses: a liar on a tap, 10.0.0.11, whose port has no security, is not taken
/// for its neighbour, 10.0.0.12, and hears nothing of what that is told.
/// </summary>
public sealed class MetadataIsolationTests : IAsyncLifetime
{
    private const string Service = "169.254.169.254";
    private const string LiarMac = "fa:16:3e:00:00:0b";
    private const string VictimMac = "fa:16:3e:00:00:0c";

    private BridgeHost _host = null!;
    private HostNetwork _network = null!;
    private HostPort _port = null!;
    private RawGuest _liar = null!;
    private RawGuest _victim = null!;
    private Socket _service = null!;
    private string _serviceMac = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _network = Specs.Network(_host.Cloud);
        _serviceMac = Names.BridgeMac(_network.Id);
        _port = Specs.Port(_network, 11) with { Secured = false };
        await _host.Driver(device: PortDevice.Tap).EnsureNetworkAsync(_network, Ct);
        _liar = await HoldAsync(_port);
        _victim = await HoldAsync(Specs.Port(_network, 12) with { Secured = false });
        // Datagrams, which the filter judges as it does connections, show each frame that gets through by itself.
        _service = Inside.Run(
            _host.Spaces.NameOf(_network.Id),
            () =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(Service), 80));
                return socket;
            }
        );
        await _liar.ReachesAsync(_victim, Udp(LiarMac, "10.0.0.11", "10.0.0.12", "are you there?"));
    }

    public async ValueTask DisposeAsync()
    {
        _service?.Dispose();
        _liar?.Dispose();
        _victim?.Dispose();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private Dictionary<string, byte[]> Lies =>
        new()
        {
            { "another's IPv4 address", Ask(LiarMac, "10.0.0.12") },
            { "another's IPv4 and Ethernet addresses", Ask(VictimMac, "10.0.0.12") },
            { "an address that nobody has", Ask(LiarMac, "10.0.0.13") },
            { "the service's own", Ask(LiarMac, Service) },
            { "another's behind a tag of no VLAN", Tagged([0x81, 0, 0, 0]) },
            { "another's behind two tags", Tagged([0x88, 0xa8, 0, 0, 0x81, 0, 0, 0]) },
            { "another's behind two tags of one kind", Tagged([0x81, 0, 0, 0, 0x81, 0, 0, 0]) },
            { "another's to everybody", Udp(LiarMac, "10.0.0.12", Service, "a lie", Frames.Everyone) },
        };

    [Fact]
    public async Task Nobody_asks_as_another()
    {
        foreach (var (about, lie) in Lies)
            Assert.False(await IsHeardAsync(lie), about);
    }

    [Fact]
    public async Task Who_may_send_from_a_neighbours_address_still_does_not_ask_as_it()
    {
        HostAddressPair[] pairs = [new(LiarMac, "10.0.0.0/24"), new(VictimMac, "10.0.0.0/24")];
        var secured = _port with { Secured = true, AllowedPairs = pairs };
        await _host.Driver(device: PortDevice.Tap).EnsurePortAsync(secured, Ct);
        foreach (var (about, lie) in Lies)
            Assert.False(await IsHeardAsync(lie), about);
    }

    [Fact]
    public async Task Answers_go_to_nobody_else_wherever_their_addresses_seem_to_be()
    {
        // The bridge takes the liar's device for where the victim's Ethernet address is, and the namespace the liar for its owner.
        _liar.Send(Udp(VictimMac, "10.0.0.12", "10.0.0.11", "I am over here", LiarMac));
        foreach (var mac in (string[])[VictimMac, LiarMac])
        {
            await IsNeighbourAsync("10.0.0.12", mac);
            await _service.SendToAsync(Encoding.ASCII.GetBytes("a secret"), new IPEndPoint(Victim, 1234), Ct);
            await IsNeighbourAsync("10.0.0.11", LiarMac);
            await _service.SendToAsync(Encoding.ASCII.GetBytes("the end"), new IPEndPoint(Liar, 1234), Ct);
            var received = await _liar.ReceiveUntilAsync(frame => Says(frame, "the end"));
            Assert.DoesNotContain(received, frame => Says(frame, "a secret"));
        }
    }

    [Fact]
    public async Task An_answer_reaches_whom_it_is_for()
    {
        await IsNeighbourAsync("10.0.0.12", VictimMac);
        await _service.SendToAsync(Encoding.ASCII.GetBytes("a secret"), new IPEndPoint(Victim, 1234), Ct);
        await _victim.ReceiveUntilAsync(frame => Says(frame, "a secret"));
    }

    private static IPAddress Victim => IPAddress.Parse("10.0.0.12");

    private static IPAddress Liar => IPAddress.Parse("10.0.0.11");

    /// <summary>What asks truly follows: what was sent before it is in, or dropped.</summary>
    private async Task<bool> IsHeardAsync(byte[] lie)
    {
        _liar.Send(lie);
        _liar.Send(Ask(LiarMac, "10.0.0.11", "the truth"));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var buffer = new byte[64];
        var lied = false;
        while (true)
        {
            var length = await _service.ReceiveAsync(buffer, patience.Token);
            if (Encoding.ASCII.GetString(buffer, 0, length) == "the truth")
                return lied;
            lied = true;
        }
    }

    private Task IsNeighbourAsync(string address, string mac)
    {
        var device = Names.Bridge(_network.Id);
        return _host.IpAsync(
            _host.Spaces.NameOf(_network.Id),
            $"neigh replace {address} lladdr {mac} nud permanent dev {device}"
        );
    }

    private byte[] Ask(string mac, string from, string text = "a lie") => Udp(mac, from, Service, text, _serviceMac);

    private byte[] Tagged(byte[] tags)
    {
        var frame = Ask(LiarMac, "10.0.0.12");
        return [.. frame[..12], .. tags, .. frame[12..]];
    }

    private static byte[] Udp(string mac, string from, string to, string text, string toMac = VictimMac) =>
        Frames.Udp(toMac, mac, from, to, 1234, 80, Encoding.ASCII.GetBytes(text));

    private static bool Says(byte[] frame, string text) => frame.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;

    private async Task<RawGuest> HoldAsync(HostPort port)
    {
        var device = await _host.Driver(device: PortDevice.Tap).EnsurePortAsync(port, Ct);
        return RawGuest.Hold(_host.Space, device!);
    }
}
