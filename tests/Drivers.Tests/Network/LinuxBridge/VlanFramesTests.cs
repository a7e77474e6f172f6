using System.Text;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;
using static Pipeline.Drivers.Tests.Network.LinuxBridge.VlanWire;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>
/// What is on the wire, byte by byte: a guest that sends whatever it likes in VLAN 101, one in VLAN 102, and a machine on the
/// wire that hears and says all.
/// </summary>
public sealed class VlanFramesTests : IAsyncLifetime
{
    private const int Vlan = 101;
    private const int Other = 102;
    private const int ServiceTag = 0x88a8;
    private const string GuestMac = "fa:16:3e:00:00:0b";
    private const string MachineMac = "02:00:00:00:00:99";

    private readonly List<RawGuest> _guests = [];
    private BridgeHost _host = null!;
    private LinuxBridgeDriver _driver = null!;
    private HostNetwork _network = null!;
    private HostNetwork _other = null!;
    private HostPort _port = null!;
    private RawGuest _guest = null!;
    private RawGuest _neighbour = null!;
    private RawGuest _wire = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        await AddBridgeAsync(_host);
        _driver = _host.Driver(device: PortDevice.Tap);
        await AssertCarriedAsync(_driver);
        (_network, _other) = (VlanWire.Network(_host.Cloud, Vlan), VlanWire.Network(_host.Cloud, Other));
        await _driver.EnsureNetworkAsync(_network, Ct);
        await _driver.EnsureNetworkAsync(_other, Ct);
        _port = Specs.Port(_network, 11) with { Secured = false };
        _guest = await HoldAsync(_port);
        _neighbour = await HoldAsync(Specs.Port(_other, 12) with { Secured = false });
        _wire = await MachineAsync("machine");
        await CarriesAsync(_guest, Vlan);
        await CarriesAsync(_neighbour, Other);
    }

    public async ValueTask DisposeAsync()
    {
        _guests.ForEach(guest => guest.Dispose());
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task What_a_guest_sends_has_its_networks_tag_on_the_wire_and_what_comes_with_it_has_lost_it()
    {
        _guest.Send(Out("hello"));
        Assert.Equal(Tagged(Vlan, Out("hello")), (await _wire.ReceiveUntilAsync(Says("hello")))[^1]);
        _wire.Send(Tagged(Vlan, In("hello")));
        Assert.Equal(In("hello"), (await _guest.ReceiveUntilAsync(Says("hello")))[^1]);
        _wire.Send(Tagged(0xa000 | Vlan, In("urgent"))); // with a priority
        Assert.Equal(In("urgent"), (await _guest.ReceiveUntilAsync(Says("urgent")))[^1]);
    }

    [Fact]
    public async Task What_has_another_tag_or_none_never_comes_in()
    {
        foreach (var stray in Strays(In("stray")).Append(In("stray")).Append(Tagged(Vlan - 1, In("stray"))))
            _wire.Send(stray);
        _wire.Send(Tagged(Vlan, In("last")));
        Assert.DoesNotContain(await _guest.ReceiveUntilAsync(Says("last")), frame => Says("stray")(frame));
        _wire.Send(Tagged(Other, In("other"))); // what was sent to the one is not heard by the other
        var heard = await _neighbour.ReceiveUntilAsync(Says("other"));
        Assert.DoesNotContain(heard, frame => Says("last")(frame));
    }

    [Fact]
    public async Task A_guests_own_tags_get_it_nowhere()
    {
        foreach (var stray in Strays(Out("stray")).Append(Tagged(Vlan, Out("stray"))))
            _guest.Send(stray);
        _guest.Send(Out("last"));
        Assert.DoesNotContain(await _wire.ReceiveUntilAsync(Says("last")), frame => Says("stray")(frame));
        _neighbour.Send(Out("own"));
        await _wire.ReceiveUntilAsync(Says("own"));
        _wire.Send(Tagged(Other, In("last")));
        Assert.DoesNotContain(await _neighbour.ReceiveUntilAsync(Says("last")), frame => Says("stray")(frame));
    }

    [Fact]
    public async Task A_flat_network_beside_them_has_what_bears_no_tag_and_gets_into_no_VLAN()
    {
        var flat = Specs.Network(_host.Cloud) with { SegmentType = "flat", PhysicalNetwork = "lab", Mtu = 1500 };
        await _driver.EnsureNetworkAsync(flat, Ct);
        var guest = await HoldAsync(Specs.Port(flat, 13) with { Secured = false });
        await guest.ReachesAsync(_wire, Out("first"));
        _guest.Send(Out("stray"));
        _wire.Send(Tagged(Vlan, In("stray")));
        _wire.Send(In("last"));
        Assert.DoesNotContain(await guest.ReceiveUntilAsync(Says("last")), frame => Says("stray")(frame));
        foreach (var forged in Strays(Out("forged")).Append(Tagged(Vlan, Out("forged"))))
            guest.Send(forged);
        guest.Send(Out("last"));
        Assert.DoesNotContain(await _wire.ReceiveUntilAsync(Says("last")), frame => Says("forged")(frame));
        _wire.Send(Tagged(Vlan, In("last")));
        var heard = await _guest.ReceiveUntilAsync(frame => frame.SequenceEqual(In("last")));
        Assert.DoesNotContain(heard, frame => Says("forged")(frame));
    }

    [Fact]
    public async Task Where_the_hosts_bridge_learns_nothing_an_address_may_be_in_two_VLANs()
    {
        await _host.IpAsync(_host.Space, $"link set {Bridge} type bridge ageing_time 0");
        var twin = await HoldAsync(Specs.Port(_other, 11) with { Secured = false });
        await CarriesAsync(twin, Other);
        var machine = await MachineAsync("second");
        await _guest.ReachesAsync(machine, Out("first"), Tagged(Vlan, Out("first")));
        byte[] To(string text) => Frame(GuestMac, MachineMac, text);
        _wire.Send(Tagged(103, Frame(Frames.Everyone, GuestMac, "elsewhere, too")));
        _wire.Send(Tagged(Vlan, To("one")));
        machine.Send(Tagged(Other, To("two")));
        var (one, two) = (await _guest.ReceiveUntilAsync(Says("one")), await twin.ReceiveUntilAsync(Says("two")));
        Assert.DoesNotContain(one, frame => Says("two")(frame));
        Assert.DoesNotContain(two, frame => Says("one")(frame));
    }

    [Fact]
    public async Task An_agent_that_begins_anew_touches_nothing_that_is_right()
    {
        var before = await StateAsync();
        var again = _host.Driver(device: PortDevice.Tap);
        await again.KeepAsync(Ct);
        await again.EnsureNetworkAsync(_network, Ct);
        await again.EnsurePortAsync(_port, Ct);
        Assert.Equal(before, await StateAsync());
        await CarriesAsync(_guest, Vlan);
    }

    [Fact]
    public async Task After_a_reboot_the_VLAN_is_back()
    {
        _guests.ForEach(guest => guest.Dispose());
        _guests.Clear();
        await _host.RebootAsync([_network.Id, _other.Id], null);
        await AddBridgeAsync(_host);
        await _host.Driver(device: PortDevice.Tap).KeepAsync(Ct);
        var guest = Hold(Names.Guest(_port.Id));
        _wire = await MachineAsync("machine");
        await CarriesAsync(guest, Vlan);
        _wire.Send(Tagged(Vlan, In("back")));
        Assert.Equal(In("back"), (await guest.ReceiveUntilAsync(Says("back")))[^1]);
    }

    [Fact]
    public async Task A_network_that_gets_another_tag_or_had_another_kind_of_device_is_joined_anew()
    {
        await _driver.EnsureNetworkAsync(_network with { SegmentId = 7 }, Ct);
        await CarriesAsync(_guest, 7);
        _wire.Send(Tagged(Vlan, In("stray")));
        _wire.Send(Tagged(7, In("last")));
        Assert.DoesNotContain(await _guest.ReceiveUntilAsync(Says("last")), frame => Says("stray")(frame));
        var (space, uplink) = (_host.Spaces.NameOf(_network.Id), Names.Uplink(_network.Id));
        await _host.IpAsync(
            space,
            $"link del {uplink}",
            $"link add {uplink} type ifb",
            $"link set {uplink} alias {Names.NetworkAlias(_host.Cloud, _network.Id)}:vlan:{Vlan}:{Bridge}"
        );
        await _driver.EnsureNetworkAsync(_network, Ct);
        await CarriesAsync(_guest, Vlan);
    }

    /// <summary>The frame by tags that are not VLAN 101's: another one's, none's, a provider's, and one within another.</summary>
    private static IEnumerable<byte[]> Strays(byte[] frame) =>
        [
            Tagged(Other, frame),
            Tagged(0, frame),
            Tagged(4095, frame),
            Tagged(Vlan, frame, ServiceTag),
            Tagged(Vlan, Tagged(Other, frame)),
            Tagged(Other, Tagged(Vlan, frame)),
            Tagged(Vlan, Tagged(Vlan, frame)),
            Tagged(Vlan, Tagged(Vlan, frame), ServiceTag),
        ];

    private async Task<RawGuest> HoldAsync(HostPort port) => Hold((await _driver.EnsurePortAsync(port, Ct))!);

    private RawGuest Hold(string device) => Held(RawGuest.Hold(_host.Space, device));

    private async Task<RawGuest> MachineAsync(string name) => Held(await AddMachineAsync(_host, name));

    private RawGuest Held(RawGuest guest)
    {
        _guests.Add(guest);
        return guest;
    }

    /// <summary>Sends until it is on the wire: the kernel takes up to a second to see that a link is up.</summary>
    private Task CarriesAsync(RawGuest from, int vlan) =>
        from.ReachesAsync(_wire, Out("first"), Tagged(vlan, Out("first")));

    private static byte[] Out(string text) => Frame(Frames.Everyone, GuestMac, text);

    private static byte[] In(string text) => Frame(Frames.Everyone, MachineMac, text);

    private static byte[] Frame(string to, string from, string text) =>
        Frames.Udp(to, from, "10.0.0.98", "10.0.0.99", 5000, 5001, Encoding.ASCII.GetBytes(text));

    private static Func<byte[], bool> Says(string text) =>
        frame => frame.AsSpan().EndsWith(Encoding.ASCII.GetBytes(text));

    /// <summary>The devices by which they are what they were, and the programs on the network's.</summary>
    private async Task<string> StateAsync()
    {
        var devices = (await new Links(_host.Command, _host.Space).ListAsync(null, Ct))
            .OrderBy(link => link.Name, StringComparer.Ordinal)
            .Select(link => $"{link.Name} {link.Index}");
        var programs = new List<string>();
        foreach (var hook in (string[])["ingress", "egress"])
        {
            string[] show = ["-netns", _host.Space, "filter", "show", "dev", Names.Physical(_network.Id, null), hook];
            programs.Add(await _host.RunAsync(new Invocation("tc", show)));
        }
        Assert.All(programs, program => Assert.Contains("pipeline", program));
        return string.Join('\n', [.. devices, .. programs]);
    }
}
