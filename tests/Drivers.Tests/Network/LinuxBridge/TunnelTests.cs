using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>A network on two hosts is one network.</summary>
public sealed class TunnelTests : IAsyncLifetime
{
    private BridgeHost _first = null!;
    private BridgeHost _second = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_first, _second) = await BridgeHost.StartTwoAsync();

    public async ValueTask DisposeAsync()
    {
        if (_first is not null)
            await _first.DisposeAsync();
        if (_second is not null)
            await _second.DisposeAsync();
    }

    [Fact]
    public async Task Guests_of_two_hosts_reach_each_other_as_their_groups_allow()
    {
        var network = await SpanAsync();
        var here = await _first.AttachAsync(Specs.Port(network, 11));
        var open = await _second.AttachAsync(Specs.Port(network, 12).With(Specs.In(Specs.Icmp)));
        var closed = await _second.AttachAsync(Specs.Port(network, 13));
        Assert.True(await here.PingsAsync("10.0.0.12"));
        Assert.True(await here.CannotPingAsync("10.0.0.13"));
        using var listener = open.Listen(22);
        Assert.True(await here.CannotConnectAsync("10.0.0.12", 22));
        Assert.True(await open.CannotPingAsync("10.0.0.11"));
    }

    [Fact]
    public async Task What_guests_of_one_host_say_to_each_other_stays_on_it()
    {
        var network = await SpanAsync();
        var one = await _first.AttachAsync(Specs.Port(network, 11));
        await _first.AttachAsync(Specs.Port(network, 12).With(Specs.In()));
        Assert.True(await one.PingsAsync("10.0.0.12")); // who has which address is asked everywhere, once
        var before = await SentAsync(network);
        var pings = await _first.TryAsync(one.Space, "busybox", "ping", "-c", "100", "-i", "0.005", "-q", "10.0.0.12");
        Assert.Contains(" 100 packets received", pings.Output);
        Assert.InRange(await SentAsync(network) - before, 0, 50); // what the guests' own systems announce
    }

    [Fact]
    public async Task Each_host_leases_addresses_to_its_own_guests()
    {
        var network = await SpanAsync();
        var here = await _first.AttachAsync(Specs.Port(network, 11), addressed: false);
        Assert.Equal("10.0.0.11", (await here.LeaseAsync())["ip"]);
        var far = await _second.AttachAsync(Specs.Port(network, 12), addressed: false);
        Assert.Equal("10.0.0.12", (await far.LeaseAsync())["ip"]);
        await _first.IpAsync(here.Space, "address add 10.0.0.11/24 dev eth0");
        Assert.True(await here.PingsAsync("10.0.0.2"));
        await _second.Driver().RemoveNetworkAsync(network.Id, Ct);
        await _first.IpAsync(here.Space, "neigh flush dev eth0");
        Assert.True(await here.PingsAsync("10.0.0.2"));
    }

    [Fact]
    public async Task A_host_that_has_left_is_sent_nothing()
    {
        var network = await SpanAsync();
        var here = await _first.AttachAsync(Specs.Port(network, 11));
        await _second.AttachAsync(Specs.Port(network, 12).With(Specs.In()));
        Assert.True(await here.PingsAsync("10.0.0.12"));
        await _first.EnsureAsync(network with { Peers = [] });
        await _first.IpAsync(here.Space, "neigh flush dev eth0");
        var entries = await _first.RunAsync(
            new Invocation("bridge", ["-netns", Space(network), "fdb", "show", "dev", Names.Uplink(network.Id)])
        );
        Assert.DoesNotContain("00:00:00:00:00:00", entries);
        await _first.EnsureAsync(network with { Peers = [_second.Underlay!] });
        Assert.True(await here.PingsAsync("10.0.0.12"));
    }

    [Fact]
    public async Task Networks_of_different_numbers_do_not_meet()
    {
        var (red, blue) = (await SpanAsync(7), await SpanAsync(8));
        var here = await _first.AttachAsync(Specs.Port(red, 11));
        await _second.AttachAsync(Specs.Port(blue, 12).With(Specs.In()));
        Assert.True(await here.CannotPingAsync("10.0.0.12"));
    }

    [Fact]
    public async Task A_guest_gets_neither_onto_the_underlay_nor_into_a_tunnel()
    {
        var network = await SpanAsync();
        var here = await _first.AttachAsync(Specs.Port(network, 11));
        var there = await _second.AttachAsync(Specs.Port(network, 12).With(Specs.In()));
        await _first.IpAsync(here.Space, "route add 192.168.99.0/24 dev eth0");
        foreach (var host in (BridgeHost[])[_first, _second])
        {
            var mac = await MacAsync(host);
            await _first.IpAsync(here.Space, $"neigh replace {host.Underlay} lladdr {mac} dev eth0");
            Assert.True(await here.CannotPingAsync(host.Underlay!));
        }
        using var ear = there.Listen(7000, ProtocolType.Udp);
        var victim = Specs.Port(network, 12).Mac;
        var forged = Frames.Udp(
            victim,
            "02:00:00:00:00:01",
            "10.0.0.99",
            "10.0.0.12",
            7000,
            7000,
            "forged"u8.ToArray()
        );
        byte[] packet = [8, 0, 0, 0, 0, 0, (byte)network.SegmentId, 0, .. forged]; // RFC 7348
        using var guest = here.NewSocket(ProtocolType.Udp);
        foreach (var host in (BridgeHost[])[_first, _second])
            await guest.SendToAsync(packet, new IPEndPoint(IPAddress.Parse(host.Underlay!), 4789), Ct);
        await guest.SendToAsync("honest"u8.ToArray(), new IPEndPoint(IPAddress.Parse("10.0.0.12"), 7000), Ct);
        Assert.Equal("honest", await HearAsync(ear));
        // The packet is one that a host would be believed.
        using var neighbour = Inside.Run(
            _first.Space,
            () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        );
        await neighbour.SendToAsync(packet, new IPEndPoint(IPAddress.Parse(_second.Underlay!), 4789), Ct);
        Assert.Equal("forged", await HearAsync(ear));
    }

    private static async Task<string> HearAsync(Socket ear)
    {
        var heard = new byte[64];
        var length = await ear.ReceiveAsync(heard, Ct)
            .AsTask()
            .WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);
        return Encoding.ASCII.GetString(heard, 0, length);
    }

    private static async Task<string> MacAsync(BridgeHost host)
    {
        string[] show = ["-netns", host.Space, "-json", "link", "show", "underlay"];
        var links = JsonElement.Parse(await host.RunAsync(new Invocation("ip", show)));
        return links[0].GetProperty("address").GetString()!;
    }

    private string Space(HostNetwork network) => _first.Spaces.NameOf(network.Id);

    /// <summary>Packets that the first host has sent to others.</summary>
    private async Task<long> SentAsync(HostNetwork network)
    {
        var file = $"/sys/class/net/{Names.Uplink(network.Id)}/statistics/tx_packets";
        string[] arguments = ["netns", "exec", Space(network), "cat", file];
        return long.Parse(await _first.RunAsync(new Invocation("ip", arguments)), CultureInfo.InvariantCulture);
    }

    private async Task<HostNetwork> SpanAsync(int number = 7)
    {
        var network = Specs.Network(_first.Cloud) with { SegmentType = "vxlan", SegmentId = number };
        await _first.EnsureAsync(network with { Peers = [_second.Underlay!] });
        await _second.EnsureAsync(network with { Peers = [_first.Underlay!] });
        return network;
    }
}
