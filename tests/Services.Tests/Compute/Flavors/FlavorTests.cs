using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Flavors;

public sealed class FlavorTests
{
    private const string Admin = "mine:admin";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            var body = """
                {"flavor":{"id":"10","name":"m1.tiny","ram":"256","vcpus":"2","disk":"0","swap":0,
                 "OS-FLV-EXT-DATA:ephemeral":0,"rxtx_factor":2.0,"os-flavor-access:is_public":true}}
                """;
            Golden.Matches((await world.PostAsync("/flavors", body, Admin)).Golden, "compute/flavors/create.200.json");
            Golden.Matches((await world.GetAsync("/flavors/10")).Golden, "compute/flavors/show.200.json");
            Golden.Matches((await world.GetAsync("/flavors?limit=2")).Golden, "compute/flavors/list.200.json");
            Golden.Matches((await world.GetAsync("/flavors/detail")).Golden, "compute/flavors/detail.200.json");
            Golden.Matches((await world.GetAsync("/flavors/none")).Golden, "compute/flavors/show.404.json");
        });

    [Fact]
    public void An_id_is_made_where_none_is_given() =>
        ComputeWorld.Run(async world =>
        {
            var made = await CreateAsync(world, """{"name":"a","ram":1,"vcpus":1,"disk":0}""");
            Assert.True(Guid.TryParse(made.Text("flavor", "id"), out _));
            var auto = await CreateAsync(world, """{"id":"auto","name":"b","ram":1,"vcpus":1,"disk":0}""");
            Assert.True(Guid.TryParse(auto.Text("flavor", "id"), out _));
            var number = await CreateAsync(world, """{"id":7,"name":"c","ram":1,"vcpus":1,"disk":0}""");
            Assert.Equal("7", number.Text("flavor", "id"));
        });

    [Fact]
    public void What_is_wrong_is_named() =>
        ComputeWorld.Run(async world =>
        {
            (string, string)[] cases =
            [
                ("""{"ram":1,"vcpus":1,"disk":0}""", "name"),
                ("""{"name":" ","ram":1,"vcpus":1,"disk":0}""", "name"),
                ("""{"name":"a","ram":0,"vcpus":1,"disk":0}""", "ram"),
                ("""{"name":"a","ram":1,"vcpus":0,"disk":0}""", "vcpus"),
                ("""{"name":"a","ram":1,"vcpus":1,"disk":-1}""", "disk"),
                ("""{"name":"a","ram":1,"vcpus":1,"disk":"x"}""", "disk"),
                ("""{"name":"a","ram":1,"vcpus":1,"disk":0,"swap":16}""", "swap"),
                ("""{"name":"a","ram":1,"vcpus":1,"disk":0,"id":" a"}""", "id"),
                ("""{"name":"a","ram":1,"vcpus":1,"disk":0,"rxtx_factor":"fast"}""", "rxtx_factor"),
                ("""{"name":"a","ram":1,"vcpus":1,"disk":0,"rxtx_factor":-1}""", "rxtx_factor"),
                ("""{"name":"a","ram":1,"vcpus":1,"disk":0,"os-flavor-access:is_public":7}""", "is_public"),
                ("""{"name":"a","ram":1,"vcpus":1,"disk":0,"cores":1}""", "cores"),
            ];
            foreach (var (flavor, named) in cases)
            {
                var refused = await CreateAsync(world, flavor);
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                Assert.Contains(named, refused.Fault);
                Assert.Equal(2, await world.CountAsync("flavors"));
            }
        });

    [Fact]
    public void An_id_or_a_name_that_is_taken_is_a_conflict() =>
        ComputeWorld.Run(async world =>
        {
            var id = await CreateAsync(world, """{"id":"small","name":"other","ram":1,"vcpus":1,"disk":0}""");
            var name = await CreateAsync(world, """{"id":"other","name":"small","ram":1,"vcpus":1,"disk":0}""");
            Assert.Equal("409 conflictingRequest: Flavor with ID small or name other already exists.", id.Fault);
            Assert.Equal("409 conflictingRequest: Flavor with ID other or name small already exists.", name.Fault);
        });

    [Fact]
    public void A_private_flavor_is_the_admins_alone() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddFlavorAsync("secret", 512, 1, 1, ""","os-flavor-access:is_public":false""");
            Assert.Equal(404, (await world.GetAsync("/flavors/secret")).Status);
            Assert.Equal(200, (await world.GetAsync("/flavors/secret", Admin)).Status);
            Assert.Equal("large small", await IdsAsync(world, "?is_public=false", "mine:member"));
            Assert.Equal("large small", await IdsAsync(world, "", Admin));
            Assert.Equal("secret", await IdsAsync(world, "?is_public=false", Admin));
            Assert.Equal("large secret small", await IdsAsync(world, "?is_public=None", Admin));
            Assert.Equal(400, (await world.PostAsync("/servers", world.Order(flavor: "secret"))).Status);
        });

    [Fact]
    public void Filters_sorting_and_pages() =>
        ComputeWorld.Run(async world =>
        {
            (string, string)[] cases =
            [
                ("?minRam=1024", "large"),
                ("?minDisk=2", "large"),
                ("?minRam=512&minDisk=1", "large small"),
                ("?minRam=99999", ""),
                ("?sort_key=memory_mb&sort_dir=asc", "small large"),
                ("?sort_key=memory_mb&sort_dir=desc", "large small"),
                ("?sort_key=vcpus", "small large"),
                ("?sort_key=vcpus&marker=small", "large"),
                ("?marker=large", "small"),
                ("?limit=0", ""),
            ];
            foreach (var (query, ids) in cases)
                Assert.Equal((query, ids), (query, await IdsAsync(world, query, "mine:reader")));
        });

    [Fact]
    public void A_filter_applies_before_the_page_is_cut() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddFlavorAsync("huge", 50_000, 8, 1);
            await world.AddFlavorAsync("a", 1, 1, 1);
            var first = await world.GetAsync("/flavors?minRam=1024&limit=1");
            Assert.Equal(["huge"], first.All("flavors", "id"));
            var next = first.Json.GetProperty("flavors_links")[0].GetProperty("href").GetString()!;
            var second = await world.SendAsync("GET", new Uri(next).PathAndQuery);
            Assert.Equal(["large"], second.All("flavors", "id"));
        });

    [Fact]
    public void A_wrong_parameter_is_named() =>
        ComputeWorld.Run(async world =>
        {
            (string, string)[] cases =
            [
                ("minRam=x", "minRam"),
                ("minDisk=x", "minDisk"),
                ("sort_key=extra", "sort_key"),
                ("limit=-1", "limit"),
            ];
            foreach (var (query, named) in cases)
            {
                var refused = await world.GetAsync($"/flavors/detail?{query}");
                Assert.StartsWith($"400 badRequest: Invalid input for query parameter {named}", refused.Fault);
            }
        });

    [Fact]
    public void An_unknown_marker_is_400() =>
        ComputeWorld.Run(async world =>
            Assert.Equal(
                "400 badRequest: marker [none] not found",
                (await world.GetAsync("/flavors?marker=none")).Fault
            )
        );

    [Fact]
    public void A_server_keeps_the_flavor_it_was_made_with() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            Assert.Equal((202, ""), await StatusAndBodyAsync(world.DeleteAsync("/flavors/small", Admin)));
            Assert.Equal(404, (await world.DeleteAsync("/flavors/small", Admin)).Status);
            var server = (await world.GetAsync($"/servers/{id}")).Json.GetProperty("server");
            Assert.Equal("small", server.GetProperty("flavor").GetProperty("id").GetString());
        });

    [Fact]
    public void Extra_specs_are_added_read_and_removed() =>
        ComputeWorld.Run(async world =>
        {
            const string path = "/flavors/small/os-extra_specs";
            var added = await world.PostAsync(path, """{"extra_specs":{"hw:a":"1","b":"2"}}""", Admin);
            Golden.Matches(added.Golden, "compute/flavors/extra-specs-create.200.json");
            Assert.Equal("""{"extra_specs":{"hw:a":"1","b":"2"}}""", (await world.GetAsync(path)).Body);
            Assert.Equal((200, ""), await StatusAndBodyAsync(world.DeleteAsync($"{path}/b", Admin)));
            Assert.Equal("""{"extra_specs":{"hw:a":"1"}}""", (await world.GetAsync(path)).Body);
            Assert.Equal(404, (await world.DeleteAsync($"{path}/b", Admin)).Status);
            Assert.Equal(404, (await world.GetAsync("/flavors/none/os-extra_specs")).Status);
            Assert.Equal(400, (await world.PostAsync(path, """{"extra_specs":{"a":1}}""", Admin)).Status);
        });

    [Fact]
    public void A_private_flavors_extra_specs_are_private_too() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddFlavorAsync("secret", 512, 1, 1, ""","os-flavor-access:is_public":false""");
            Assert.Equal(404, (await world.GetAsync("/flavors/secret/os-extra_specs")).Status);
            Assert.Equal(200, (await world.GetAsync("/flavors/secret/os-extra_specs", Admin)).Status);
        });

    private static Task<Reply> CreateAsync(ComputeWorld world, string flavor) =>
        world.PostAsync("/flavors", $"{{\"flavor\":{flavor}}}", Admin);

    private static async Task<string> IdsAsync(ComputeWorld world, string query, string token) =>
        string.Join(' ', (await world.GetAsync($"/flavors{query}", token)).All("flavors", "id"));

    private static async Task<(int, string)> StatusAndBodyAsync(Task<Reply> reply) =>
        ((await reply).Status, (await reply).Body);
}
