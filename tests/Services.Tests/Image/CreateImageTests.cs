namespace Pipeline.Services.Tests.Image;

public sealed class CreateImageTests
{
    [Fact]
    public async Task A_created_image_is_shown_as_Glance_shows_it()
    {
        await using var world = await ImageWorld.StartAsync();
        var got = await world.SendAsync(
            "POST",
            "/image/v2/images",
            """
            {"id":"8d1d3c2a-0000-4000-8000-000000000001","name":"cirros","disk_format":"qcow2","container_format":"bare",
             "min_disk":1,"min_ram":64,"tags":["b","a","b"],"owner_specified.openstack.md5":"","os_distro":"debian"}
            """
        );
        const string shown = """
            {"os_distro":"debian","owner_specified.openstack.md5":"","name":"cirros","disk_format":"qcow2",
            "container_format":"bare","visibility":"shared","size":null,"virtual_size":null,"status":"queued",
            "checksum":null,"os_hash_algo":null,"os_hash_value":null,"protected":false,"min_ram":64,"min_disk":1,
            "owner":"11111111111111111111111111111111","os_hidden":false,"id":"8d1d3c2a-0000-4000-8000-000000000001",
            "created_at":"2030-01-01T00:00:00Z","updated_at":"2030-01-01T00:00:00Z","tags":["a","b"],
            "self":"/v2/images/8d1d3c2a-0000-4000-8000-000000000001",
            "file":"/v2/images/8d1d3c2a-0000-4000-8000-000000000001/file","schema":"/v2/schemas/image"}
            """;
        var expected = shown.Replace("\n", "");
        Assert.Equal((201, expected), (got.Status, got.Body));
        Assert.Equal("http://cloud.example/image/v2/images/8d1d3c2a-0000-4000-8000-000000000001", got.Headers.Location);
        var show = await world.SendAsync("GET", "/image/v2/images/8d1d3c2a-0000-4000-8000-000000000001");
        Assert.Equal((200, expected), (show.Status, show.Body));
    }

    [Theory]
    [InlineData("""{"disk_format":"vmdk"}""", 400, "disk_format")]
    [InlineData("""{"container_format":"ovf"}""", 400, "container_format")]
    [InlineData("""{"visibility":"everyone"}""", 400, "visibility")]
    [InlineData("""{"visibility":"public"}""", 403, "publicize_image")]
    [InlineData("""{"min_disk":-1}""", 400, "min_disk")]
    [InlineData("""{"protected":"maybe"}""", 400, "protected")]
    [InlineData("""{"tags":"one"}""", 400, "tags")]
    [InlineData("""{"id":"7"}""", 400, "id")]
    [InlineData("""{"os_distro":7}""", 400, "os_distro")]
    [InlineData("""{"status":"active"}""", 403, "status")]
    [InlineData("""{"size":7}""", 403, "size")]
    [InlineData("""{"deleted":"true"}""", 403, "deleted")]
    [InlineData("""{"os_glance_x":"1"}""", 403, "os_glance_x")]
    [InlineData("""{"owner":"22222222222222222222222222222222"}""", 403, "owned by")]
    [InlineData("""{"locations":[]}""", 403, "locations")]
    public async Task A_bad_field_is_refused_by_name(string body, int status, string named)
    {
        await using var world = await ImageWorld.StartAsync();
        var got = await world.SendAsync("POST", "/image/v2/images", body);
        Assert.Equal(status, got.Status);
        Assert.Contains(named, got.Json.GetProperty("message").GetString());
        Assert.Equal("", await world.NamesAsync());
    }

    [Fact]
    public async Task An_id_is_given_once()
    {
        await using var world = await ImageWorld.StartAsync();
        const string body = """{"id":"8d1d3c2a-0000-4000-8000-000000000001","name":"one"}""";
        Assert.Equal(201, (await world.SendAsync("POST", "/image/v2/images", body)).Status);
        Assert.Equal(409, (await world.SendAsync("POST", "/image/v2/images", body, "theirs:member")).Status);
    }

    [Fact]
    public async Task A_repeated_create_with_its_key_answers_the_first_image()
    {
        await using var world = await ImageWorld.StartAsync();
        var first = await Send();
        var second = await Send();
        Assert.Equal((201, first.Body), (second.Status, second.Body));
        Assert.Equal("one", await world.NamesAsync());

        Task<Got> Send() =>
            world.SendAsync(
                "POST",
                "/image/v2/images",
                """{"name":"one"}""",
                prepare: request => request.Headers["Idempotency-Key"] = "k"
            );
    }

    [Theory]
    [InlineData("mine:reader", 403)]
    [InlineData("mine:member", 201)]
    public async Task Only_members_create(string token, int status)
    {
        await using var world = await ImageWorld.StartAsync();
        Assert.Equal(status, (await world.SendAsync("POST", "/image/v2/images", "{}", token)).Status);
    }
}
