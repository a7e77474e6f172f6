namespace Pipeline.Services.Tests.Image;

public sealed class ListImagesTests
{
    [Fact]
    public async Task A_list_has_its_images_first_and_schema()
    {
        await using var world = await ImageWorld.StartAsync();
        await CreateAsync(world, "one");
        var got = await world.SendAsync("GET", "/image/v2/images?name=one");
        Assert.Equal(200, got.Status);
        var names = got.Json.EnumerateObject().Select(property => property.Name);
        Assert.Equal(["images", "first", "schema"], names);
        Assert.Equal("/v2/images?name=one", got.Json.GetProperty("first").GetString());
        Assert.Equal("/v2/schemas/images", got.Json.GetProperty("schema").GetString());
        var id = got.Json.GetProperty("images")[0].GetProperty("id").GetString();
        var shown = await world.SendAsync("GET", $"/image/v2/images/{id}");
        Assert.Equal(shown.Body, got.Json.GetProperty("images")[0].GetRawText());
    }

    [Fact]
    public async Task Pages_follow_their_next_links_in_every_order()
    {
        await using var world = await ImageWorld.StartAsync();
        foreach (var name in new[] { "c", "a", "e", "b", "d" })
        {
            await CreateAsync(world, name, name is "a" or "b" ? ""","visibility":"public" """ : "", "mine:admin");
            world.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal("d b e a c", await WalkAsync(world, "?limit=2", "mine:member"));
        Assert.Equal("a b c d e", await WalkAsync(world, "?limit=2&sort_key=name&sort_dir=asc", "mine:member"));
        Assert.Equal("e d c b a", await WalkAsync(world, "?limit=1&sort=name:desc", "mine:member"));
        Assert.Equal("a b c d e", await WalkAsync(world, "?limit=3&sort=size:asc,name:asc", "mine:member"));
        Assert.Equal("b a", await WalkAsync(world, "?limit=1", "theirs:member"));
        Assert.Equal("d b e a c", await WalkAsync(world, "?limit=2", "theirs:admin"));
    }

    [Theory]
    [InlineData("name=a", "a")]
    [InlineData("name=in:a,b&sort=name:asc", "a b")]
    [InlineData("status=active", "b")]
    [InlineData("status=unheard", "")]
    [InlineData("disk_format=qcow2", "a")]
    [InlineData("container_format=bare&sort=name:asc", "a b c")]
    [InlineData("visibility=private", "c")]
    [InlineData("tag=x&sort=name:asc", "a b")]
    [InlineData("tag=x&tag=y", "b")]
    [InlineData("size_min=5&size_max=10", "b")]
    [InlineData("size_min=11", "")]
    [InlineData("size=10", "b")]
    [InlineData("size=11", "")]
    [InlineData("min_ram=0&min_disk=0&sort=name:asc", "a b c")]
    [InlineData("min_ram=1", "")]
    [InlineData("checksum=a63c90cc3684ad8b0a2176a6a8fe9005", "b")]
    [InlineData("os_hash_value=none", "")]
    [InlineData("owner=11111111111111111111111111111111&sort=name:asc", "a b c")]
    [InlineData("owner=22222222222222222222222222222222", "")]
    [InlineData("os_distro=debian", "c")]
    [InlineData("protected=true", "c")]
    [InlineData("os_hidden=true", "h")]
    [InlineData("created_at=gt:2030-01-01T00:00:00Z", "")]
    [InlineData("created_at=lte:2030-01-01T00:00:00Z&name=a", "a")]
    public async Task A_filter_keeps_what_fits(string query, string names)
    {
        await using var world = await ImageWorld.StartAsync();
        await CreateAsync(world, "a", ""","tags":["x"],"disk_format":"qcow2" """);
        var b = await CreateAsync(world, "b", ""","tags":["x","y"] """);
        await world.UploadAsync(b, new byte[10]);
        await CreateAsync(world, "c", ""","visibility":"private","os_distro":"debian","protected":true """);
        await CreateAsync(world, "h", ""","os_hidden":true """);
        Assert.Equal(names, await world.NamesAsync($"?{query}"));
    }

    [Fact]
    public async Task Several_ids_are_found_by_in()
    {
        await using var world = await ImageWorld.StartAsync();
        var a = await CreateAsync(world, "a");
        await CreateAsync(world, "b");
        var c = await CreateAsync(world, "c");
        Assert.Equal("a c", await world.NamesAsync($"?id=in:{a},{c}&sort=name:asc"));
    }

    [Theory]
    [InlineData("limit=x", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("marker=8d1d3c2a-0000-4000-8000-000000000001", "marker")]
    [InlineData("sort_key=owner", "sort_key")]
    [InlineData("sort_key=name&sort_dir=up", "sort_dir")]
    [InlineData("visibility=some", "visibility")]
    [InlineData("size_min=x", "size_min")]
    [InlineData("size=x", "size")]
    [InlineData("created_at=gt:yesterday", "created_at")]
    public async Task A_bad_query_is_refused_by_name(string query, string named)
    {
        await using var world = await ImageWorld.StartAsync();
        var got = await world.SendAsync("GET", $"/image/v2/images?{query}");
        Assert.Equal(400, got.Status);
        Assert.Contains(named, got.Body);
    }

    [Theory]
    [InlineData("private", "mine:reader", true, true)]
    [InlineData("private", "theirs:member", false, false)]
    [InlineData("private", "theirs:admin", true, true)]
    [InlineData("shared", "theirs:member", false, false)]
    [InlineData("public", "theirs:member", true, true)]
    [InlineData("community", "theirs:member", true, false)]
    [InlineData("community", "mine:member", true, true)]
    public async Task Visibility_decides_who_sees_and_who_lists(
        string visibility,
        string token,
        bool shown,
        bool listed
    )
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await CreateAsync(world, "one", $$""","visibility":"{{visibility}}" """, "mine:admin");
        var show = await world.SendAsync("GET", $"/image/v2/images/{id}", token: token);
        Assert.Equal(shown ? 200 : 404, show.Status);
        Assert.Equal(listed ? "one" : "", await world.NamesAsync("", token));
    }

    private static async Task<string> WalkAsync(ImageWorld world, string query, string token)
    {
        var names = new List<string>();
        for (var path = $"/v2/images{query}"; path is not null; )
        {
            var got = await world.SendAsync("GET", $"/image{path}", token: token);
            Assert.Equal(200, got.Status);
            var images = got.Json.GetProperty("images").EnumerateArray();
            names.AddRange(images.Select(image => image.GetProperty("name").GetString()!));
            path = got.Json.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        return string.Join(" ", names);
    }

    private static Task<string> CreateAsync(
        ImageWorld world,
        string name,
        string more = "",
        string token = "mine:member"
    ) => world.CreateAsync($$""","name":"{{name}}"{{more}}""", token: token);
}
