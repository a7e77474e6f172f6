namespace Pipeline.Services.Tests.Image;

public sealed class UpdateImageTests
{
    [Fact]
    public async Task A_patch_adds_replaces_and_removes()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync(""","old":"1","kept":"2" """);
        var got = await world.PatchAsync(
            id,
            """
            [{"op":"replace","path":"/name","value":"two"},{"op":"add","path":"/a~1b~0c","value":"3"},
             {"op":"remove","path":"/old"},{"op":"replace","path":"/kept","value":"4"},
             {"op":"replace","path":"/tags","value":["t"]},{"op":"add","path":"/protected","value":true}]
            """
        );
        Assert.Equal(200, got.Status);
        var image = await world.ShowAsync(id);
        Assert.Equal(image.GetRawText(), got.Body);
        Assert.Equal("two", image.GetProperty("name").GetString());
        Assert.Equal("3", image.GetProperty("a/b~c").GetString());
        Assert.Equal("4", image.GetProperty("kept").GetString());
        Assert.False(image.TryGetProperty("old", out _));
        Assert.True(image.GetProperty("protected").GetBoolean());
        Assert.Equal("t", image.GetProperty("tags")[0].GetString());
    }

    [Fact]
    public async Task The_drafts_form_of_a_patch_is_taken_under_its_own_name()
    {
        const string draft = "application/openstack-images-v2.0-json-patch";
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync(""","old":"1" """);
        var patch = """[{"replace":"/name","value":"two"},{"add":"/new","value":"2"},{"remove":"/old"}]""";
        Assert.Equal(200, (await world.PatchAsync(id, patch, contentType: draft)).Status);
        var image = await world.ShowAsync(id);
        Assert.Equal("two", image.GetProperty("name").GetString());
        Assert.Equal("2", image.GetProperty("new").GetString());
        Assert.False(image.TryGetProperty("old", out _));
        Assert.Equal(400, (await world.PatchAsync(id, patch)).Status);
        Assert.Equal(400, (await world.PatchAsync(id, """[{"value":"x"}]""", contentType: draft)).Status);
        Assert.Equal(400, (await world.PatchAsync(id, """[{"add":"/a","remove":"/a"}]""", contentType: draft)).Status);
    }

    [Theory]
    [InlineData("""{"op":"replace","path":"/id","value":"x"}""", 403)]
    [InlineData("""{"op":"replace","path":"/status","value":"active"}""", 403)]
    [InlineData("""{"op":"replace","path":"/checksum","value":"x"}""", 403)]
    [InlineData("""{"op":"add","path":"/deleted","value":"x"}""", 403)]
    [InlineData("""{"op":"remove","path":"/name"}""", 403)]
    [InlineData("""{"op":"replace","path":"/visibility","value":"public"}""", 403)]
    [InlineData("""{"op":"remove","path":"/nothing"}""", 409)]
    [InlineData("""{"op":"replace","path":"/nothing","value":"x"}""", 409)]
    [InlineData("""{"op":"move","path":"/name","value":"x"}""", 400)]
    [InlineData("""{"path":"/name","value":"x"}""", 400)]
    [InlineData("""{"op":"add","value":"x"}""", 400)]
    [InlineData("""{"op":"add","path":"/name"}""", 400)]
    [InlineData("""{"op":"add","path":"name","value":"x"}""", 400)]
    [InlineData("""{"op":"add","path":"/tags/-","value":"x"}""", 400)]
    [InlineData("""{"op":"add","path":"/a~2","value":"x"}""", 400)]
    [InlineData("""{"op":"add","path":"/custom","value":7}""", 400)]
    [InlineData("7", 400)]
    public async Task A_change_that_may_not_be_changes_nothing(string operation, int status)
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var before = (await world.ShowAsync(id)).GetRawText();
        var patch = $$"""[{"op":"add","path":"/min_ram","value":7},{{operation}}]""";
        Assert.Equal(status, (await world.PatchAsync(id, patch)).Status);
        Assert.Equal(before, (await world.ShowAsync(id)).GetRawText());
    }

    [Fact]
    public async Task The_format_of_an_image_with_data_is_fixed()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        const string patch = """[{"op":"replace","path":"/disk_format","value":"qcow2"}]""";
        Assert.Equal(200, (await world.PatchAsync(id, patch.Replace("qcow2", "raw"))).Status);
        await world.UploadAsync(id, new byte[10]);
        Assert.Equal(403, (await world.PatchAsync(id, patch)).Status);
    }

    [Fact]
    public async Task Another_media_type_is_415()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var got = await world.SendAsync(
            "PATCH",
            $"/image/v2/images/{id}",
            "[]",
            prepare: request => request.ContentType = "application/json"
        );
        Assert.Equal(415, got.Status);
        Assert.Equal(
            "application/openstack-images-v2.0-json-patch, application/openstack-images-v2.1-json-patch",
            got.Headers["Accept-Patch"]
        );
    }

    [Theory]
    [InlineData("private", "theirs:member", 404)]
    [InlineData("public", "theirs:member", 403)]
    [InlineData("public", "theirs:admin", 200)]
    [InlineData("private", "mine:reader", 403)]
    public async Task Only_the_owner_and_admins_change(string visibility, string token, int status)
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync($$""","visibility":"{{visibility}}" """, token: "mine:admin");
        var got = await world.PatchAsync(id, """[{"op":"replace","path":"/name","value":"x"}]""", token);
        Assert.Equal(status, got.Status);
    }

    [Fact]
    public async Task Tags_are_set_and_removed_once()
    {
        await using var world = await ImageWorld.StartAsync();
        var tag = $"/image/v2/images/{await world.CreateAsync()}/tags/a%2Fb";
        Assert.Equal(204, (await world.SendAsync("PUT", tag)).Status);
        Assert.Equal(204, (await world.SendAsync("PUT", tag)).Status);
        Assert.Equal("one", await world.NamesAsync("?tag=a/b"));
        Assert.Equal(204, (await world.SendAsync("DELETE", tag)).Status);
        Assert.Equal(404, (await world.SendAsync("DELETE", tag)).Status);
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_kept()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var sent = Enumerable.Range(0, 5).Select(i => world.SendAsync("PUT", $"/image/v2/images/{id}/tags/t{i}"));
        var answers = await Task.WhenAll(sent);
        Assert.All(answers, got => Assert.Equal(204, got.Status));
        Assert.Equal(5, (await world.ShowAsync(id)).GetProperty("tags").GetArrayLength());
    }
}
