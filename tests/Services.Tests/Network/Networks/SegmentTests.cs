using Pipeline.Testing;

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

    [Fact]
    public void A_segment_is_named_by_itself_or_as_a_list_of_one() =>
        NetworkWorld.Run(async world =>
        {
            var made = await WithSegmentsAsync(
                world,
                """{"provider:network_type":"vxlan","provider:segmentation_id":9}"""
            );
            Assert.Equal(
                (201, "vxlan", "9"),
                (
                    made.Status,
                    made.Text("network", "provider:network_type"),
                    made.Text("network", "provider:segmentation_id")
                )
            );
            var path = $"/networks/{made.Id("network")}";
            const string same =
                """{"network":{"segments":[{"provider:segmentation_id":9,"provider:network_type":"vxlan"}]}}""";
            Assert.Equal(200, (await world.PutAsync(path, same, "admin")).Status);
            Assert.Equal((400, "InvalidInput"), (await world.PutAsync(path, same.Replace('9', '8'), "admin")).Fault);
            Assert.Equal((403, "PolicyNotAuthorized"), (await world.PutAsync(path, same)).Fault);
        });

    [Theory]
    [InlineData("""{"provider:network_type":"vxlan"},{"provider:network_type":"geneve"}""", "", "InvalidInput")]
    [InlineData(
        """{"provider:network_type":"vxlan"},{"provider:network_type":"vxlan"}""",
        "",
        "SegmentsContainDuplicateEntry"
    )]
    [InlineData("""{"provider:segmentation_id":9}""", "", "InvalidInput")]
    [InlineData("""{"provider:network_type":"vxlan","x":1}""", "", "HTTPBadRequest")]
    [InlineData(
        """{"provider:network_type":"vxlan"}""",
        "\"provider:network_type\":\"vxlan\"",
        "SegmentsSetInConjunctionWithProviders"
    )]
    public void A_list_that_no_network_can_have_is_refused(string segments, string attributes, string fault) =>
        NetworkWorld.Run(async world =>
        {
            var seen = await WithSegmentsAsync(world, segments, attributes);
            Assert.Equal((400, fault), seen.Fault);
            Assert.Empty((await world.GetAsync("/networks", "admin")).All("networks", "id"));
        });

    [Fact]
    public void A_networks_segment_is_shown_by_itself() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.NetworkAsync();
            var found = await world.GetAsync($"/segments?network_id={network}", "admin");
            Golden.Matches(found.Golden, "network/segments/list.200.json");
            var id = Assert.Single(found.All("segments", "id"));
            const string named = """{"segment":{"name":"first","description":"d"}}""";
            Assert.Equal(200, (await world.PutAsync($"/segments/{id}", named, "admin")).Status);
            Assert.Equal(200, (await world.PutAsync($"/segments/{id}", named, "admin")).Status);
            var shown = await world.GetAsync($"/segments/{id}", "admin");
            Golden.Matches(shown.Golden, "network/segments/show.200.json");
            Assert.Equal("1", (await world.GetAsync($"/networks/{network}")).Text("network", "revision_number"));
            Assert.Equal([id], (await world.GetAsync("/segments?name=first", "admin")).All("segments", "id"));
            var page = await world.GetAsync($"/segments?limit=1&marker={id}", "admin");
            Assert.DoesNotContain(id, page.All("segments", "id"));
            var stale = await world.SendAsync(
                "PUT",
                $"/v2.0/segments/{id}",
                """{"segment":{"name":"x"}}""",
                "admin",
                ifMatch: "revision_number=0"
            );
            Assert.Equal((412, "RevisionNumberConstraintFailed"), stale.Fault);
            Assert.Equal(403, (await world.GetAsync($"/segments/{id}")).Status);
            Assert.Equal(204, (await world.DeleteAsync($"/networks/{network}")).Status);
            Assert.Equal((404, "SegmentNotFound"), (await world.GetAsync($"/segments/{id}", "admin")).Fault);
        });

    private static Task<Seen> WithSegmentsAsync(NetworkWorld world, string segments, string attributes = "") =>
        world.PostAsync("/networks", NetworkWorld.Item("network", $"\"segments\":[{segments}]", attributes), "admin");

    private static Task<Seen> MakeAsync(NetworkWorld world, string type, string attributes) =>
        world.PostAsync(
            "/networks",
            NetworkWorld.Item("network", NetworkWorld.Pair("provider:network_type", type), attributes),
            "admin"
        );
}
