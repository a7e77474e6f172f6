namespace Pipeline.Services.Tests.Image;

public sealed class CreateImageTests
{
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
