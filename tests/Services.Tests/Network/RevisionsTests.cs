namespace Pipeline.Services.Tests.Network;

public sealed class RevisionsTests
{
    private const string Stale = "revision_number=900";

    [Fact]
    public void What_was_changed_since_it_was_seen_is_neither_changed_nor_deleted() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var (collection, one, id) in await FillAsync(world))
            {
                var path = $"/v2.0/{collection}/{id}";
                var change = NetworkWorld.Item(one, NetworkWorld.Pair("name", "changed"));
                foreach (var method in new[] { "PUT", "DELETE" })
                {
                    var seen = await world.SendAsync(method, path, method == "PUT" ? change : null, ifMatch: Stale);
                    Assert.Equal(
                        (path, 412, "RevisionNumberConstraintFailed"),
                        (path, seen.Fault.Status, seen.Fault.Type)
                    );
                }
                var number = (await world.SendAsync("GET", path)).Text(one, "revision_number");
                var changed = await world.SendAsync("PUT", path, change, ifMatch: $"\"revision_number={number}\"");
                Assert.Equal((path, 200, "changed"), (path, changed.Status, changed.Text(one, "name")));
                var now = changed.Text(one, "revision_number");
                Assert.NotEqual(number, now);
                var gone = await world.SendAsync("DELETE", path, ifMatch: $"revision_number={now}");
                Assert.Equal((path, 204), (path, gone.Status));
            }
        });

    [Theory]
    [InlineData("revision_number=x")]
    [InlineData("revision_number=1, revision_number=2")]
    public void A_constraint_that_means_nothing_is_refused(string header) =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var seen = await world.SendAsync("DELETE", $"/v2.0/networks/{network}", ifMatch: header);
            Assert.Equal((400, "BadRequest"), seen.Fault);
            Assert.Equal(204, (await world.SendAsync("DELETE", $"/v2.0/networks/{network}", ifMatch: "*")).Status);
        });

    [Fact]
    public void What_has_changed_since_a_time_is_found() =>
        NetworkWorld.Run(async world =>
        {
            var first = await world.NetworkAsync();
            await world.PassAsync(TimeSpan.FromHours(1));
            var second = await world.NetworkAsync();
            var since = (await world.GetAsync($"/networks/{second}")).Text("network", "created_at");
            Assert.Equal([second], (await world.GetAsync($"/networks?changed_since={since}")).All("networks", "id"));
            await world.PutAsync($"/networks/{first}/tags/a", "");
            Assert.Equal(2, (await world.GetAsync($"/networks?changed_since={since}")).All("networks", "id").Count);
            Assert.Equal((400, "InvalidInput"), (await world.GetAsync("/networks?changed_since=soon")).Fault);
        });

    /// <summary>In an order in which they can be deleted.</summary>
    private static async Task<IReadOnlyList<(string Collection, string One, string Id)>> FillAsync(NetworkWorld world)
    {
        var network = await world.NetworkAsync();
        var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
        return
        [
            ("ports", "port", await world.PortAsync(network)),
            ("subnets", "subnet", subnet),
            ("networks", "network", network),
            ("security-groups", "security_group", await world.GroupAsync("g")),
        ];
    }
}
