namespace Pipeline.Services.Tests.Network.Tags;

public sealed class TagsTests
{
    [Fact]
    public void Tags_are_set_checked_and_taken_off_everything_that_has_them() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            (string Collection, string Id, string One)[] resources =
            [
                ("networks", network, "network"),
                ("subnets", subnet, "subnet"),
                ("ports", await world.PortAsync(network), "port"),
                ("security-groups", await world.GroupAsync("g"), "security_group"),
            ];
            foreach (var (collection, id, one) in resources)
            {
                var path = $"/{collection}/{id}";
                Assert.Equal((201, "null"), Seen(await world.PutAsync($"{path}/tags/a", "")));
                Assert.Equal(201, (await world.PutAsync($"{path}/tags/a", "")).Status);
                Assert.Equal(
                    (200, """{"tags":["x","y"]}"""),
                    Seen(await world.PutAsync($"{path}/tags", """{"tags":["y","x"]}"""))
                );
                Assert.Equal("""["x","y"]""", (await world.GetAsync(path)).Text(one, "tags"));
                Assert.Equal(204, (await world.GetAsync($"{path}/tags/x")).Status);
                Assert.Equal((404, "TagNotFound"), (await world.GetAsync($"{path}/tags/a")).Fault);
                Assert.Equal(204, (await world.DeleteAsync($"{path}/tags/x")).Status);
                Assert.Equal((404, "TagNotFound"), (await world.DeleteAsync($"{path}/tags/x")).Fault);
                Assert.Equal((200, """{"tags":["y"]}"""), Seen(await world.GetAsync($"{path}/tags")));
                Assert.Equal(204, (await world.DeleteAsync($"{path}/tags")).Status);
                Assert.Equal("[]", (await world.GetAsync(path)).Text(one, "tags"));
            }
        });

    [Fact]
    public void Tags_go_with_what_they_were_on() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.PutAsync($"/networks/{network}/tags", """{"tags":["a"]}""");
            await world.PortAsync(network, "\"tags\":[\"b\"]");
            var port = (await world.GetAsync("/ports?tags=b")).All("ports", "id")[0];
            await world.DeleteAsync($"/ports/{port}");
            await world.DeleteAsync($"/networks/{network}");
            Assert.Equal(0, await world.CountAsync("network_tags"));
        });

    [Fact]
    public void Wrong_tags_are_refused() =>
        NetworkWorld.Run(async world =>
        {
            var path = $"/networks/{await world.NetworkAsync()}/tags";
            foreach (var body in new[] { """{"tags":["a","a"]}""", """{"tags":[3]}""", """{"tags":"a"}""", "{}" })
                Assert.Equal((body, 400), (body, (await world.PutAsync(path, body)).Status));
            Assert.Equal(400, (await world.PutAsync($"{path}/{new string('a', 256)}", "")).Status);
        });

    [Fact]
    public void What_is_not_seen_has_no_tags_and_what_is_shared_is_its_owners_to_tag() =>
        NetworkWorld.Run(async world =>
        {
            var mine = await world.NetworkAsync();
            var shared = await world.NetworkAsync("\"shared\":true", "admin");
            Assert.Equal((404, "TagResourceNotFound"), (await world.GetAsync($"/networks/{mine}/tags", "other")).Fault);
            Assert.Equal((404, "TagResourceNotFound"), (await world.GetAsync("/networks/none/tags")).Fault);
            Assert.Equal(404, (await world.GetAsync($"/quotas/{mine}/tags")).Status);
            Assert.Equal(200, (await world.GetAsync($"/networks/{shared}/tags", "other")).Status);
            Assert.Equal(
                (403, "PolicyNotAuthorized"),
                (await world.PutAsync($"/networks/{shared}/tags/a", "", "other")).Fault
            );
        });

    private static (int, string) Seen(Seen seen) => (seen.Status, seen.Body);
}
