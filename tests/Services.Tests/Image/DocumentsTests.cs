using Pipeline.Contracts;
using Pipeline.Contracts.Image;

namespace Pipeline.Services.Tests.Image;

public sealed class DocumentsTests
{
    [Theory]
    [InlineData("/image", 300)]
    [InlineData("/image/", 300)]
    [InlineData("/image/versions", 200)]
    public async Task Versions_are_told_without_a_token(string path, int status)
    {
        await using var world = await ImageWorld.StartAsync();
        var got = await world.SendAsync("GET", path, prepare: request => request.Headers.Remove("X-Auth-Token"));
        Assert.Equal(status, got.Status);
        var versions = got.Json.GetProperty("versions");
        Assert.Equal("v2.9", versions[0].GetProperty("id").GetString());
        Assert.Equal("CURRENT", versions[0].GetProperty("status").GetString());
        Assert.Equal(
            "http://cloud.example/image/v2/",
            versions[0].GetProperty("links")[0].GetProperty("href").GetString()
        );
        Assert.Equal("v2.0", versions.EnumerateArray().Last().GetProperty("id").GetString());
    }

    [Fact]
    public async Task Schemas_name_every_attribute_of_an_image()
    {
        await using var world = await ImageWorld.StartAsync();
        var schema = await world.SendAsync("GET", "/image/v2/schemas/image");
        var known = schema.Json.GetProperty("properties").EnumerateObject().Select(property => property.Name);
        var image = await world.ShowAsync(await world.CreateAsync());
        Assert.Empty(image.EnumerateObject().Select(property => property.Name).Except(known));
        var list = await world.SendAsync("GET", "/image/v2/schemas/images");
        var items = list.Json.GetProperty("properties").GetProperty("images").GetProperty("items");
        Assert.Equal(schema.Body, items.GetRawText());
    }

    [Fact]
    public async Task Other_services_see_what_the_project_sees()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync(""","min_disk":2,"min_ram":64 """);
        await world.UploadAsync(id, new byte[10]);
        Assert.True(ImageId.TryParse(id, out var image));
        var images = world.Get<IImages>();
        var mine = await world.Database.ReadAsync(tx => images.FindAsync(tx, new ProjectId(ImageWorld.Mine), image));
        Assert.Equal(("active", "raw", 10L, 10L, 2, 64), Of(mine!));
        Assert.Equal(128, mine!.Sha512.Length);
        Assert.Null(
            await world.Database.ReadAsync(tx => images.FindAsync(tx, new ProjectId(ImageWorld.Theirs), image))
        );
        await world.SendAsync("DELETE", $"/image/v2/images/{id}");
        Assert.Null(await world.Database.ReadAsync(tx => images.FindAsync(tx, new ProjectId(ImageWorld.Mine), image)));
    }

    private static (string, string, long, long, int, int) Of(ImageFacts facts) =>
        (facts.Status, facts.DiskFormat, facts.Size, facts.VirtualSize, facts.MinDiskGib, facts.MinRamMib);
}
