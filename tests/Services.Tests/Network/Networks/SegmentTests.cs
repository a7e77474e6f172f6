namespace Pipeline.Services.Tests.Network.Networks;

/// <summary>Segments are reserved with the network, and come free with the last of it.</summary>
public sealed class SegmentTests
{
    [Fact]
    public void A_tenants_networks_are_tunnels_of_their_own() =>
        NetworkWorld.Run(async world =>
        {
            var ids = new[] { await world.NetworkAsync(), await world.NetworkAsync(), await world.NetworkAsync() };
            var seen = await world.GetAsync("/networks", "admin");
            Assert.Equal(["vxlan", "vxlan", "vxlan"], seen.All("networks", "provider:network_type"));
            Assert.Equal(3, seen.All("networks", "provider:segmentation_id").Distinct().Count());
            Assert.All(seen.All("networks", "mtu"), mtu => Assert.Equal("1450", mtu));
            var member = await world.GetAsync($"/networks/{ids[0]}");
            Assert.DoesNotContain("provider:", member.Body);
        });

    [Theory]
    [InlineData("vxlan", "", 1450)]
    [InlineData("geneve", "", 1442)]
    [InlineData("flat", "\"provider:physical_network\":\"outside\"", 1500)]
    [InlineData("local", "", 1500)]
    public void An_mtu_leaves_room_for_what_the_type_adds(string type, string attributes, int mtu) =>
        NetworkWorld.Run(async world =>
        {
            var made = await MakeAsync(world, type, attributes);
            Assert.Equal((201, $"{mtu}"), (made.Status, made.Text("network", "mtu")));
        });

    [Theory]
    [InlineData("vxlan", "\"provider:segmentation_id\":7", "TunnelIdInUse")]
    [InlineData("geneve", "\"provider:segmentation_id\":7", "TunnelIdInUse")]
    [InlineData("flat", "\"provider:physical_network\":\"outside\"", "FlatNetworkInUse")]
    public void A_segment_is_one_networks(string type, string attributes, string fault) =>
        NetworkWorld.Run(async world =>
        {
            var made = await MakeAsync(world, type, attributes);
            Assert.Equal((409, fault), (await MakeAsync(world, type, attributes)).Fault);
            Assert.Equal(204, (await world.DeleteAsync($"/networks/{made.Id("network")}", "admin")).Status);
            Assert.Equal(201, (await MakeAsync(world, type, attributes)).Status);
        });

    [Fact]
    public void A_tenants_network_passes_over_the_numbers_that_are_taken() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var number in (int[])[1, 2, 4])
                await MakeAsync(world, "vxlan", $"\"provider:segmentation_id\":{number}");
            foreach (var expected in (string[])["3", "5", "6"])
            {
                var id = await world.NetworkAsync();
                Assert.Equal(
                    expected,
                    (await world.GetAsync($"/networks/{id}", "admin")).Text("network", "provider:segmentation_id")
                );
            }
        });

    private static Task<Seen> MakeAsync(NetworkWorld world, string type, string attributes) =>
        world.PostAsync(
            "/networks",
            NetworkWorld.Item("network", NetworkWorld.Pair("provider:network_type", type), attributes),
            "admin"
        );
}
