using System.Text;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>
/// A guest on a tap in one network, which has a port of another network by a tag, and a neighbour there that takes all that
/// comes in. Frames are raw: neither a guest nor the host needs a kernel that knows VLANs.
/// </summary>
public sealed class TrunkTests : IAsyncLifetime
{
    private const int Vlan = 101;
    private const string SubportMac = "fa:16:3e:00:00:15";
    private const string NeighbourMac = "fa:16:3e:00:00:16";

    private readonly List<RawGuest> _guests = [];
    private BridgeHost _host = null!;
    private LinuxBridgeDriver _driver = null!;
    private HostNetwork _own = null!;
    private HostNetwork _other = null!;
    private HostPort _parent = null!;
    private HostPort _subport = null!;
    private RawGuest _guest = null!;
    private RawGuest _neighbour = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _driver = _host.Driver(device: PortDevice.Tap);
        var report = await _driver.ProbeAsync(Ct);
        Assert.SkipUnless(
            report.Facts["linux-bridge.trunks"] == HostFactNames.Carried,
            $"trunks: {report.Facts["linux-bridge.trunks"]}"
        );
        (_own, _other) = (Specs.Network(_host.Cloud), Specs.Network(_host.Cloud));
        await _driver.EnsureNetworkAsync(_own, Ct);
        await _driver.EnsureNetworkAsync(_other, Ct);
        _parent = Specs.Port(_own, 11);
        _subport = Specs.Port(_other, 21) with { Tag = new(_parent.Id, Vlan) };
        _guest = await HoldAsync(_parent);
        Assert.Null(await _driver.EnsurePortAsync(_subport, Ct));
        _neighbour = await HoldAsync(Specs.Port(_other, 22) with { Secured = false });
        await CarriesAsync(_guest, _neighbour, Vlan);
    }

    public async ValueTask DisposeAsync()
    {
        _guests.ForEach(guest => guest.Dispose());
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task What_the_guest_sends_with_the_tag_is_in_the_other_network_without_it_and_back_with_it()
    {
        _neighbour.Send(Back("10.0.0.21", "hello"));
        var got = await _guest.ReceiveUntilAsync(IsFrom(NeighbourMac));
        Assert.Equal(Tagged(Vlan, Back("10.0.0.21", "hello")), got[^1]);
    }

    [Fact]
    public async Task Another_tag_goes_nowhere()
    {
        var witness = await HoldAsync(Specs.Port(_own, 12) with { Secured = false });
        await SettledAsync(_guest, witness);
        foreach (var vlan in (int[])[1, Vlan - 1, Vlan + 1, 4094])
            _guest.Send(Tagged(vlan, Out("stray")));
        _guest.Send(Tagged(Vlan, Tagged(Vlan, Out("stray")))); // one within another
        _guest.Send(Tagged(Vlan, Out("last")));
        Assert.DoesNotContain(await _neighbour.ReceiveUntilAsync(Says("last")), frame => Says("stray")(frame));
        _guest.Send(Own("last"));
        Assert.DoesNotContain(await witness.ReceiveUntilAsync(Says("last")), frame => Says("stray")(frame));
    }

    [Fact]
    public async Task What_has_no_tag_stays_in_the_guests_own_network_and_nothing_passes_between_the_two()
    {
        var witness = await HoldAsync(Specs.Port(_own, 12) with { Secured = false });
        await SettledAsync(_guest, witness);
        _guest.Send(Own("own"));
        await witness.ReceiveUntilAsync(Says("own"));
        // A neighbour in the guest's own network cannot pass for one in the other.
        witness.Send(Tagged(Vlan, Back("10.0.0.21", "stray")));
        _neighbour.Send(Back("10.0.0.21", "last"));
        Assert.DoesNotContain(await _guest.ReceiveUntilAsync(Says("last")), frame => Says("stray")(frame));
        _guest.Send(Tagged(Vlan, Out("last")));
        var seen = await _neighbour.ReceiveUntilAsync(Says("last"));
        Assert.DoesNotContain(seen, frame => Says("own")(frame) || Says("stray")(frame));
    }

    [Fact]
    public async Task By_the_tag_the_guest_is_its_subport_and_nobody_else()
    {
        var parentMac = _parent.Mac;
        byte[][] lies =
        [
            Frames.Udp(NeighbourMac, parentMac, "10.0.0.21", "10.0.0.22", 1, 2, "lie"u8.ToArray()),
            Frames.Udp(NeighbourMac, SubportMac, "10.0.0.11", "10.0.0.22", 1, 2, "lie"u8.ToArray()),
            Frames.Udp(NeighbourMac, SubportMac, "10.0.0.21", "10.0.0.22", 67, 68, "lie"u8.ToArray()),
            Frames.Arp(SubportMac, SubportMac, "10.0.0.1", "10.0.0.22"),
        ];
        foreach (var lie in lies)
            _guest.Send(Tagged(Vlan, lie));
        _guest.Send(Tagged(Vlan, Out("truth")));
        var seen = await _neighbour.ReceiveUntilAsync(Says("truth"));
        Assert.DoesNotContain(seen, frame => lies.Any(lie => frame.SequenceEqual(lie)));
    }

    [Fact]
    public async Task Two_trunks_on_one_host_with_the_same_tag_do_not_meet()
    {
        var third = Specs.Network(_host.Cloud);
        await _driver.EnsureNetworkAsync(third, Ct);
        var parent = Specs.Port(_own, 13);
        var guest = await HoldAsync(parent);
        await _driver.EnsurePortAsync(Specs.Port(third, 21) with { Tag = new(parent.Id, Vlan) }, Ct);
        var neighbour = await HoldAsync(Specs.Port(third, 22) with { Secured = false });
        await CarriesAsync(guest, neighbour, Vlan);
        _guest.Send(Tagged(Vlan, Out("mine")));
        guest.Send(Tagged(Vlan, Out("other")));
        await _neighbour.ReceiveUntilAsync(Says("mine"));
        await neighbour.ReceiveUntilAsync(Says("other"));
        _guest.Send(Tagged(Vlan, Out("last")));
        guest.Send(Tagged(Vlan, Out("last")));
        Assert.DoesNotContain(await _neighbour.ReceiveUntilAsync(Says("last")), frame => Says("other")(frame));
        Assert.DoesNotContain(await neighbour.ReceiveUntilAsync(Says("last")), frame => Says("mine")(frame));
    }

    [Fact]
    public async Task An_agent_that_begins_anew_touches_nothing_that_is_right()
    {
        var before = await CountersAsync();
        var again = _host.Driver(device: PortDevice.Tap);
        await again.KeepAsync(Ct);
        Assert.Equal(before, await CountersAsync());
        await again.EnsurePortAsync(_subport, Ct);
        await again.EnsurePortAsync(_parent, Ct);
        await CarriesAsync(_guest, _neighbour, Vlan);
        Assert.Equal(before.Indexes, (await CountersAsync()).Indexes);
    }

    [Fact]
    public async Task A_port_that_is_taken_out_takes_its_tag_along_and_may_come_back_by_another()
    {
        await _driver.RemovePortAsync(_subport.Id, Ct);
        Assert.Equal("", await FiltersAsync());
        Assert.DoesNotContain(await LinksAsync(), link => link.Name == Names.Leg(_subport.Id));
        _guest.Send(Tagged(Vlan, Out("stray")));
        await _driver.EnsurePortAsync(_subport with { Tag = new(_parent.Id, 7) }, Ct);
        await CarriesAsync(_guest, _neighbour, 7);
        await _driver.EnsurePortAsync(_subport with { Tag = new(_parent.Id, 8) }, Ct);
        await CarriesAsync(_guest, _neighbour, 8);
        _guest.Send(Tagged(7, Out("stray")));
        _guest.Send(Tagged(8, Out("last")));
        Assert.DoesNotContain(await _neighbour.ReceiveUntilAsync(Says("last")), frame => Says("stray")(frame));
    }

    [Fact]
    public async Task What_is_lost_is_made_again_in_whichever_order()
    {
        await _host.IpAsync(_host.Space, $"link del {Names.Leg(_subport.Id)}");
        await _driver.KeepAsync(Ct);
        await CarriesAsync(_guest, _neighbour, Vlan);
        await _host.IpAsync(_host.Space, $"link del {Names.Leg(_parent.Id)}");
        await _driver.KeepAsync(Ct);
        await CarriesAsync(_guest, _neighbour, Vlan);
    }

    [Fact]
    public async Task After_a_reboot_the_trunk_is_back()
    {
        _guests.ForEach(guest => guest.Dispose());
        _guests.Clear();
        await _host.RebootAsync([_own.Id, _other.Id], null);
        await _host.Driver(device: PortDevice.Tap).KeepAsync(Ct);
        var guest = Hold(Names.Guest(_parent.Id));
        var neighbour = Hold((await LinksAsync()).Single(IsNeighbour).Name);
        await CarriesAsync(guest, neighbour, Vlan);
    }

    private bool IsNeighbour(Link link) =>
        link.Name.StartsWith(Names.GuestPrefix, StringComparison.Ordinal) && link.Name != Names.Guest(_parent.Id);

    private async Task<RawGuest> HoldAsync(HostPort port) => Hold((await _driver.EnsurePortAsync(port, Ct))!);

    private RawGuest Hold(string device)
    {
        var guest = RawGuest.Hold(_host.Space, device);
        _guests.Add(guest);
        return guest;
    }

    /// <summary>Sends until it arrives, without the tag: the kernel takes up to a second to see that a link is up.</summary>
    private static Task CarriesAsync(RawGuest from, RawGuest to, int vlan) =>
        from.ReachesAsync(to, Tagged(vlan, Out("first")), Out("first"));

    private static Task SettledAsync(RawGuest from, RawGuest to) => from.ReachesAsync(to, Own("first"));

    private static byte[] Out(string text) => Udp(NeighbourMac, SubportMac, "10.0.0.21", "10.0.0.22", text);

    private static byte[] Own(string text) =>
        Udp("ff:ff:ff:ff:ff:ff", "fa:16:3e:00:00:0b", "10.0.0.11", "10.0.0.12", text);

    /// <summary>An answer to what <see cref="Out"/> is: nothing else comes in to the subport.</summary>
    private static byte[] Back(string to, string text) =>
        Frames.Udp(SubportMac, NeighbourMac, "10.0.0.22", to, 5001, 5000, Encoding.ASCII.GetBytes(text));

    private static byte[] Udp(string to, string from, string fromIp, string toIp, string text) =>
        Frames.Udp(to, from, fromIp, toIp, 5000, 5001, Encoding.ASCII.GetBytes(text));

    private static byte[] Tagged(int vlan, byte[] frame) =>
        [.. frame[..12], 0x81, 0x00, (byte)(vlan >> 8), (byte)vlan, .. frame[12..]];

    private static Func<byte[], bool> Says(string text) =>
        frame => frame.AsSpan().EndsWith(Encoding.ASCII.GetBytes(text));

    private static Func<byte[], bool> IsFrom(string mac) =>
        frame => frame.AsSpan(6, 6).SequenceEqual(Convert.FromHexString(mac.Replace(":", "")));

    private Task<IReadOnlyList<Link>> LinksAsync() => new Links(_host.Command, _host.Space).ListAsync(null, Ct);

    /// <summary>The devices by which they are what they were, and how much has passed the subport's.</summary>
    private async Task<(string Indexes, string Filters)> CountersAsync()
    {
        var indexes = (await LinksAsync())
            .OrderBy(link => link.Name, StringComparer.Ordinal)
            .Select(l => $"{l.Name} {l.Index}");
        return (string.Join('\n', indexes), await FiltersAsync());
    }

    private async Task<string> FiltersAsync() =>
        (
            await _host.RunAsync(
                new Invocation("tc", ["-netns", _host.Space, "filter", "show", "dev", Names.Leg(_parent.Id), "egress"])
            )
        ).Trim();
}
