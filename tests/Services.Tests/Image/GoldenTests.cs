using Pipeline.Testing;

namespace Pipeline.Services.Tests.Image;

/// <summary>The answers as Glance's clients read them.</summary>
public sealed class GoldenTests
{
    private const string Id = "8d1d3c2a-0000-4000-8000-000000000001";

    [Fact]
    public async Task Answers_have_the_shapes_of_Glance()
    {
        await using var world = await ImageWorld.StartAsync();
        var created = await world.SendAsync(
            "POST",
            "/image/v2/images",
            $$"""
            {"id":"{{Id}}","name":"cirros","disk_format":"raw","container_format":"bare","min_disk":1,"min_ram":64,
             "tags":["b","a","b"],"owner_specified.openstack.md5":"","os_distro":"debian"}
            """
        );
        Golden.Matches(created.Answer, "image/images/create.201.json");
        await world.UploadAsync(Id, new byte[512]);
        var shown = await world.SendAsync("GET", $"/image/v2/images/{Id}");
        Golden.Matches(shown.Answer, "image/images/show.200.json");
        var patched = await world.PatchAsync(Id, """[{"op":"replace","path":"/name","value":"two"}]""");
        Golden.Matches(patched.Answer, "image/images/update.200.json");
        await world.CreateAsync();
        var list = await world.SendAsync("GET", "/image/v2/images?limit=1&sort_key=name&sort_dir=asc");
        Golden.Matches(list.Answer, "image/images/list.200.json");
    }

    [Fact]
    public async Task Faults_have_the_shape_of_Glance()
    {
        await using var world = await ImageWorld.StartAsync();
        var unknown = await world.SendAsync("GET", $"/image/v2/images/{Id}");
        Golden.Matches(unknown.Answer, "image/images/show.404.json");
        var bad = await world.SendAsync("POST", "/image/v2/images", """{"disk_format":"vmdk"}""");
        Golden.Matches(bad.Answer, "image/images/create.400.json");
    }

    [Theory]
    [InlineData("/image/", "image/versions.300.json")]
    [InlineData("/image/v2/schemas/image", "image/schemas/image.200.json")]
    [InlineData("/image/v2/schemas/images", "image/schemas/images.200.json")]
    public async Task Documents_stay_as_they_are(string path, string golden)
    {
        await using var world = await ImageWorld.StartAsync();
        Golden.Matches((await world.SendAsync("GET", path)).Answer, golden);
    }
}
