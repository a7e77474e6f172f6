using System.Security.Cryptography;

namespace Pipeline.Services.Tests.Image;

public sealed class DownloadFileTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i % 251))];

    [Fact]
    public async Task A_download_is_the_upload()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await ActiveAsync(world);
        var got = await world.SendAsync("GET", $"/image/v2/images/{id}/file");
        Assert.Equal(200, got.Status);
        Assert.Equal(Content, got.Bytes);
        Assert.Equal(1000, got.Headers.ContentLength);
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(Content)), got.Headers["Content-MD5"]);
        Assert.Equal("application/octet-stream", got.Headers.ContentType);
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 9)]
    [InlineData("bytes=990-", 990, 999)]
    [InlineData("bytes=-10", 990, 999)]
    [InlineData("bytes=-2000", 0, 999)]
    [InlineData("bytes=995-2000", 995, 999)]
    public async Task A_range_is_a_part(string range, int first, int last)
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await ActiveAsync(world);
        var got = await GetAsync(world, id, range);
        Assert.Equal(206, got.Status);
        Assert.Equal($"bytes {first}-{last}/1000", got.Headers.ContentRange);
        Assert.Equal(Content[first..(last + 1)], got.Bytes);
    }

    [Fact]
    public async Task A_range_beyond_the_file_is_416()
    {
        await using var world = await ImageWorld.StartAsync();
        var got = await GetAsync(world, await ActiveAsync(world), "bytes=1000-");
        Assert.Equal((416, "bytes */1000"), (got.Status, got.Headers.ContentRange.ToString()));
    }

    [Theory]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("lines=0-1")]
    [InlineData("nonsense")]
    public async Task A_range_that_cannot_be_served_is_the_whole(string range)
    {
        await using var world = await ImageWorld.StartAsync();
        var got = await GetAsync(world, await ActiveAsync(world), range);
        Assert.Equal((200, 1000), (got.Status, got.Bytes.Length));
    }

    [Fact]
    public async Task An_image_without_data_is_204()
    {
        await using var world = await ImageWorld.StartAsync();
        var got = await world.SendAsync("GET", $"/image/v2/images/{await world.CreateAsync()}/file");
        Assert.Equal((204, ""), (got.Status, got.Body));
    }

    [Fact]
    public async Task A_host_fetches_what_is_active_and_nothing_else()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await ActiveAsync(world);
        var queued = await world.CreateAsync();
        var got = await world.SendAsync("GET", $"/hosts/v1/{ImageWorld.Host}/images/{id}");
        Assert.Equal((200, 1000L), (got.Status, got.Headers.ContentLength));
        Assert.Equal(Content, got.Bytes);
        Assert.Equal(404, (await world.SendAsync("GET", $"/hosts/v1/{ImageWorld.Host}/images/{queued}")).Status);
        Assert.Equal(403, (await world.SendAsync("GET", $"/hosts/v1/{Guid.Empty}/images/{id}")).Status);
    }

    private static Task<Got> GetAsync(ImageWorld world, string id, string range) =>
        world.SendAsync("GET", $"/image/v2/images/{id}/file", prepare: request => request.Headers.Range = range);

    private static async Task<string> ActiveAsync(ImageWorld world)
    {
        var id = await world.CreateAsync();
        Assert.Equal(204, (await world.UploadAsync(id, Content)).Status);
        return id;
    }
}
