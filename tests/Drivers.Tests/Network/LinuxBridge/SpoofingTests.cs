using System.Net.Sockets;
using System.Text;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>
/// A liar on a tap, 10.0.0.11, and a victim on another, 10.0.0.12, which takes all that comes in.
/// </summary>
public sealed class SpoofingTests : IAsyncLifetime
{
    private const string LiarMac = "fa:16:3e:00:00:0b";
    private const string VictimMac = "fa:16:3e:00:00:0c";
    private const string LiarLink = "fe80::f816:3eff:fe00:b";
    private const string VictimLink = "fe80::f816:3eff:fe00:c";

    private BridgeHost _host = null!;
    private HostNetwork _network = null!;
    private HostPort _port = null!;
    private RawGuest _liar = null!;
    private RawGuest _victim = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _network = Specs.Network(_host.Cloud);
        var driver = _host.Driver(device: PortDevice.Tap);
        await driver.EnsureNetworkAsync(_network, Ct);
        _port = Specs.Port(_network, 11);
        _liar = await HoldAsync(_port);
        _victim = await HoldAsync(Specs.Port(_network, 12) with { Secured = false });
        await _liar.ReachesAsync(_victim, Udp(LiarMac, "10.0.0.11", 1234));
    }

    public async ValueTask DisposeAsync()
    {
        _liar?.Dispose();
        _victim?.Dispose();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static Dictionary<string, byte[]> Lies =>
        new()
        {
            { "another's Ethernet address", Udp("02:00:00:00:00:01", "10.0.0.11", 1) },
            { "another's IPv4 address", Udp(LiarMac, "10.0.0.12", 1) },
            { "the gateway's IPv4 address", Udp(LiarMac, "10.0.0.1", 1) },
            { "no IPv4 address", Udp(LiarMac, "0.0.0.0", 1) },
            { "an ARP sender's Ethernet address", Frames.Arp(LiarMac, VictimMac, "10.0.0.11", "10.0.0.12") },
            { "the gateway in ARP", Frames.Arp(LiarMac, LiarMac, "10.0.0.1", "10.0.0.12") },
            {
                "a DHCP server",
                Frames.Udp(VictimMac, LiarMac, "10.0.0.11", "10.0.0.12", 67, 68, Frames.Dhcp(2, VictimMac, 2))
            },
            { "a DHCPv6 server", UdpV6(547, 546) },
            { "a DHCPv6 server that answers from another port", UdpV6(1234, 546) },
            { "a DHCPv6 server that answers a relay", UdpV6(547, 547) },
            {
                "another's IPv6 address",
                Frames.Icmpv6(VictimMac, LiarMac, "2001:db8::1", VictimLink, 135, Target(VictimLink))
            },
            { "an IPv6 router", Frames.Icmpv6(VictimMac, LiarMac, LiarLink, "ff02::1", 134, new byte[12]) },
            {
                "another IPv6 neighbour",
                Frames.Icmpv6(VictimMac, LiarMac, LiarLink, VictimLink, 136, Target("fe80::1"))
            },
            {
                "an IPv6 router that knows a better one",
                Frames.Icmpv6(VictimMac, LiarMac, LiarLink, VictimLink, 137, new byte[36])
            },
            {
                "who is about to have another's IPv6 address",
                Frames.Icmpv6(VictimMac, LiarMac, "::", "ff02::1:ff00:c", 135, Target(VictimLink))
            },
            { "a VLAN's frame", Frames.Ethernet(VictimMac, LiarMac, 0x8100, [0, 1, 8, 0, .. new byte[60]]) },
            {
                "a router behind a tag of no VLAN",
                Frames.Ethernet(VictimMac, LiarMac, 0x8100, [0, 0, 0x86, 0xdd, .. Router])
            },
            {
                "a router behind two tags",
                Frames.Ethernet(VictimMac, LiarMac, 0x88a8, [0, 1, 0x81, 0, 0, 2, 0x86, 0xdd, .. Router])
            },
            {
                "a router in an LLC frame",
                Frames.Ethernet(VictimMac, LiarMac, 8 + Router.Length, [0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd, .. Router])
            },
            { "another protocol's frame", Frames.Ethernet(VictimMac, LiarMac, 0x88cc, new byte[60]) },
        };

    /// <summary>A router's advertisement as a packet of IPv6.</summary>
    private static byte[] Router => Frames.Icmpv6(VictimMac, LiarMac, LiarLink, "ff02::1", 134, new byte[12])[14..];

    [Fact]
    public async Task Every_lie_is_dropped()
    {
        foreach (var (about, lie) in Lies)
            Assert.False(await ArrivesAsync(lie), about);
    }

    [Fact]
    public async Task With_security_off_all_of_them_pass()
    {
        await _host.Driver(device: PortDevice.Tap).EnsurePortAsync(_port with { Secured = false }, Ct);
        foreach (var (about, lie) in Lies)
            Assert.True(await ArrivesAsync(lie), about);
    }

    [Fact]
    public async Task A_port_with_pairs_may_be_these_too_and_still_nothing_else()
    {
        const string shared = "00:00:5e:00:01:01";
        HostAddressPair[] pairs = [new(LiarMac, "10.0.0.100"), new(shared, "10.0.0.16/28")];
        await _host.Driver(device: PortDevice.Tap).EnsurePortAsync(_port with { AllowedPairs = pairs }, Ct);
        Assert.True(await ArrivesAsync(Udp(LiarMac, "10.0.0.100", 1)));
        Assert.True(await ArrivesAsync(Udp(shared, "10.0.0.17", 1)));
        Assert.True(await ArrivesAsync(Frames.Arp(shared, shared, "10.0.0.17", "10.0.0.12")));
        Assert.False(await ArrivesAsync(Udp(shared, "10.0.0.11", 1)));
        Assert.False(await ArrivesAsync(Udp(LiarMac, "10.0.0.17", 1)));
        Assert.False(await ArrivesAsync(Frames.Arp(shared, shared, "10.0.0.11", "10.0.0.12")));
        Assert.False(await ArrivesAsync(Frames.Arp(shared, LiarMac, "10.0.0.11", "10.0.0.12")));
        foreach (var (about, lie) in Lies)
            Assert.False(await ArrivesAsync(lie), about);
    }

    [Fact]
    public async Task A_neighbour_that_tells_the_truth_is_heard()
    {
        var advert = Frames.Icmpv6(VictimMac, LiarMac, LiarLink, VictimLink, 136, Target(LiarLink));
        _liar.Send(Frames.Arp(LiarMac, LiarMac, "10.0.0.11", "10.0.0.12"));
        _liar.Send(advert);
        var received = await _victim.ReceiveUntilAsync(frame => frame.SequenceEqual(advert));
        Assert.Contains(received, frame => frame[12] == 8 && frame[13] == 6);
    }

    [Fact]
    public async Task A_lie_that_is_hidden_in_fragments_is_dropped()
    {
        // Large enough that what comes out is in fragments again.
        var rest = new byte[1320];
        var lie = Frames.Icmpv6(VictimMac, LiarMac, LiarLink, "ff02::1", 134, [.. new byte[12], .. rest]);
        foreach (var fragment in Frames.Fragments(lie))
            _liar.Send(fragment);
        _liar.Send(Truth());
        Assert.DoesNotContain(await _victim.ReceiveUntilAsync(IsTruth), IsFragment);
        static bool IsFragment(byte[] frame) =>
            frame[20] == 44 && frame.AsSpan(22, 16).SequenceEqual(Frames.Ip(LiarLink));
    }

    [Fact]
    public async Task A_port_with_pairs_of_IPv6_is_these_too()
    {
        const string shared = "00:00:5e:00:01:01";
        HostAddressPair[] pairs = [new(LiarMac, "2001:db8::/126"), new(shared, "2001:db8:1::1")];
        await _host.Driver(device: PortDevice.Tap).EnsurePortAsync(_port with { AllowedPairs = pairs }, Ct);
        Assert.True(await ArrivesAsync(Advert(LiarMac, "2001:db8::3", "2001:db8::2")));
        Assert.True(await ArrivesAsync(Advert(shared, "2001:db8:1::1", "2001:db8:1::1")));
        Assert.True(await ArrivesAsync(Advert(shared, "fe80::200:5eff:fe00:101", "2001:db8:1::1")));
        Assert.False(await ArrivesAsync(Advert(LiarMac, "2001:db8::4", "2001:db8::3")));
        Assert.False(await ArrivesAsync(Advert(LiarMac, "2001:db8::3", "2001:db8::4")));
        Assert.False(await ArrivesAsync(Advert(shared, "2001:db8::3", "2001:db8:1::1")));
    }

    private static byte[] Advert(string mac, string from, string about) =>
        Frames.Icmpv6(VictimMac, mac, from, VictimLink, 136, Target(about));

    [Fact]
    public async Task A_tap_gets_a_lease_before_it_has_an_address()
    {
        _liar.Send(
            Frames.Udp(Frames.Everyone, LiarMac, "0.0.0.0", "255.255.255.255", 68, 67, Frames.Dhcp(1, LiarMac, 1))
        );
        var received = await _liar.ReceiveUntilAsync(frame => frame.Length > 100 && frame[23] == 17 && frame[35] == 67);
        Assert.Equal(Frames.Ip("10.0.0.11"), received[^1][58..62]);
    }

    // The true frame that follows has come in: what was sent before it is in, or dropped.
    private async Task<bool> ArrivesAsync(byte[] frame)
    {
        _liar.Send(frame);
        _liar.Send(Truth());
        var received = await _victim.ReceiveUntilAsync(IsTruth);
        return received.Any(other => other.AsSpan(6).SequenceEqual(frame.AsSpan(6)));
    }

    private async Task<RawGuest> HoldAsync(HostPort port)
    {
        var device = await _host.Driver(device: PortDevice.Tap).EnsurePortAsync(port, Ct);
        return RawGuest.Hold(_host.Space, device!);
    }

    private static byte[] Truth() => Udp(LiarMac, "10.0.0.11", 4711);

    private static bool IsTruth(byte[] frame) => frame.AsSpan(6).SequenceEqual(Truth().AsSpan(6));

    private static byte[] Udp(string mac, string from, int port) =>
        Frames.Udp(VictimMac, mac, from, "10.0.0.12", port, port, Encoding.ASCII.GetBytes("from the liar"));

    private static byte[] UdpV6(int from, int to)
    {
        var frame = Frames.Icmpv6(VictimMac, LiarMac, LiarLink, VictimLink, 0, new byte[12]);
        frame[20] = (byte)ProtocolType.Udp;
        byte[] udp = [(byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to, 0, 16];
        udp.CopyTo(frame, 54);
        return frame;
    }

    private static byte[] Target(string address) => [0, 0, 0, 0, .. Frames.Ip(address)];
}
