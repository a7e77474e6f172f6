namespace Pipeline.Services.Tests.Network.Hosts;

/// <summary>Hosts that share a tunnelled network know each other, and no others.</summary>
public sealed class PlaceTests
{
    private static readonly HostId One = Ids.Host(1);
    private static readonly HostId Two = Ids.Host(2);

    [Fact]
    public void A_host_that_comes_to_a_network_is_told_of_and_tells_the_others() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var first = await world.BindAsync(Ids.Server(1), One, Ids.Nic(network));
            await world.ActivateAsync(Ids.Server(1));
            await world.BindAsync(Ids.Server(2), One, Ids.Nic(network));
            await world.ActivateAsync(Ids.Server(2));
            await world.RefreshedAsync();
            Assert.Empty(first.Networks[0].Peers);
            Assert.Equal("vxlan", first.Networks[0].SegmentType);
            var second = await world.BindAsync(Ids.Server(3), Two, Ids.Nic(network));
            Assert.Equal(["192.0.2.1"], second.Networks[0].Peers);
            var told = Assert.Single(await world.RefreshedAsync());
            Assert.Equal((One, "192.0.2.2"), (told.Host, Assert.Single(told.Networks[0].Peers)));
            Assert.Single(told.Ports); // one carries the news, however many there are
        });

    [Fact]
    public void A_host_that_has_left_a_network_is_sent_nothing_any_more() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            await world.RunServerAsync(Ids.Server(2), Two, network);
            await world.RefreshedAsync();
            await world.UnbindAsync(Ids.Server(2));
            var told = Assert.Single(await world.RefreshedAsync());
            Assert.Equal(One, told.Host);
            Assert.Empty(told.Networks[0].Peers);
        });

    [Fact]
    public void A_host_whose_address_changed_is_told_of() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            await world.RunServerAsync(Ids.Server(2), Two, network);
            await world.RefreshedAsync();
            await world.ReportAsync(Two, "192.0.2.3");
            var told = await world.RefreshedAsync();
            Assert.Equal("192.0.2.3", Assert.Single(told.Single(t => t.Host == One).Networks[0].Peers));
            await world.ReportAsync(Two, "192.0.2.3");
            Assert.Empty(await world.RefreshedAsync());
        });

    [Fact]
    public void A_host_without_an_underlay_address_is_alone() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            var alone = await world.BindAsync(Ids.Server(2), Ids.Host(3), Ids.Nic(network));
            Assert.Equal(["192.0.2.1"], alone.Networks[0].Peers);
            await world.RunServerAsync(Ids.Server(3), Two, network);
            Assert.DoesNotContain(await world.RefreshedAsync(), told => told.Host == Ids.Host(3));
        });

    [Fact]
    public void A_segment_that_no_bridge_carries_is_not_bound() =>
        NetworkWorld.Run(async world =>
        {
            var body = """{"network":{"provider:network_type":"geneve","shared":true}}""";
            var network = (await world.PostAsync("/networks", body, "admin")).Id("network");
            var fault = await Assert.ThrowsAsync<Fault>(() => world.BindAsync(Ids.Server(1), One, Ids.Nic(network)));
            Assert.Equal("PortBindingFailed", fault.Type);
        });

    private static async Task<string> FilledAsync(NetworkWorld world)
    {
        await world.ReportAsync(One, "192.0.2.1");
        await world.ReportAsync(Two, "192.0.2.2");
        var network = await world.NetworkAsync("\"port_security_enabled\":false"); // members of groups are no news here
        await world.SubnetAsync(network, "10.0.0.0/24");
        return network;
    }
}
