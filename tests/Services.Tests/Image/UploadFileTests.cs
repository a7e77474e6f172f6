using System.Security.Cryptography;
using Pipeline.Image.Files;
using Pipeline.Services.Tests.Image.Inspection;
using Pipeline.Services.Tests.Runtime;
using Pipeline.Services.Tests.Runtime.Storage;

namespace Pipeline.Services.Tests.Image;

public sealed class UploadFileTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 3000).Select(i => (byte)(i % 251))];

    [Fact]
    public async Task An_upload_makes_the_image_active_with_its_size_and_hashes()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var got = await world.UploadAsync(id, Content);
        Assert.Equal((204, ""), (got.Status, got.Body));
        var image = await world.ShowAsync(id);
        Assert.Equal("active", image.GetProperty("status").GetString());
        Assert.Equal(3000, image.GetProperty("size").GetInt64());
        Assert.Equal(3000, image.GetProperty("virtual_size").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(Content)), image.GetProperty("checksum").GetString());
        Assert.Equal("sha512", image.GetProperty("os_hash_algo").GetString());
        Assert.Equal(
            Convert.ToHexStringLower(SHA512.HashData(Content)),
            image.GetProperty("os_hash_value").GetString()
        );
        Assert.StartsWith($"{id}/", Assert.Single(await world.Blobs.NamesAsync()));
    }

    [Fact]
    public async Task A_qcow2_upload_shows_the_size_of_the_disk_in_it()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync(format: "qcow2");
        Assert.Equal(204, (await world.UploadAsync(id, Qcow2Bytes.Of(virtualSize: 64 << 20))).Status);
        Assert.Equal(64 << 20, (await world.ShowAsync(id)).GetProperty("virtual_size").GetInt64());
    }

    [Fact]
    public async Task An_upload_that_breaks_leaves_a_queued_image_without_a_blob()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var body = new HeldStream(Content);
        var upload = world.UploadAsync(id, body);
        await body.Waiting;
        Assert.Equal("saving", await world.StatusOfAsync(id));
        body.Break();
        Assert.Equal(500, (await upload).Status);
        Assert.Equal("queued", await world.StatusOfAsync(id));
        Assert.Empty(await world.Blobs.NamesAsync());
        Assert.Equal(204, (await world.UploadAsync(id, Content)).Status);
    }

    [Fact]
    public async Task An_upload_shorter_than_declared_is_cut_off()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var got = await world.UploadAsync(id, new MemoryStream(Content), length: 4000);
        Assert.Equal(400, got.Status);
        Assert.Contains("3000 of 4000", got.Body);
        Assert.Equal("queued", await world.StatusOfAsync(id));
        Assert.Empty(await world.Blobs.NamesAsync());
    }

    [Fact]
    public async Task Content_of_another_format_leaves_no_blob()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var got = await world.UploadAsync(id, Qcow2Bytes.Of());
        Assert.Equal(400, got.Status);
        Assert.Contains("qcow", got.Json.GetProperty("message").GetString());
        Assert.Equal("queued", await world.StatusOfAsync(id));
        Assert.Empty(await world.Blobs.NamesAsync());
    }

    [Fact]
    public async Task A_second_upload_at_the_same_time_is_a_conflict()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var body = new HeldStream(Content);
        var first = world.UploadAsync(id, body);
        await body.Waiting;
        Assert.Equal(409, (await world.UploadAsync(id, Content)).Status);
        body.GoOn();
        Assert.Equal(204, (await first).Status);
        Assert.Equal(409, (await world.UploadAsync(id, Content)).Status);
        Assert.Single(await world.Blobs.NamesAsync());
    }

    [Fact]
    public async Task An_image_deleted_during_its_upload_is_gone_with_its_blob()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var body = new HeldStream(Content);
        var upload = world.UploadAsync(id, body);
        await body.Waiting;
        Assert.Equal(204, (await world.SendAsync("DELETE", $"/image/v2/images/{id}")).Status);
        body.GoOn();
        Assert.Equal(410, (await upload).Status);
        Assert.Empty(await world.Blobs.NamesAsync());
    }

    [Theory]
    [InlineData(1000L)]
    [InlineData(null)]
    public async Task An_upload_over_the_limit_is_refused(long? declared)
    {
        await using var world = await ImageWorld.StartAsync(maxBytes: 999);
        var id = await world.CreateAsync();
        var got = await world.UploadAsync(id, new MemoryStream(new byte[1000]), length: declared);
        Assert.Equal(413, got.Status);
        Assert.Equal("queued", await world.StatusOfAsync(id));
        Assert.Empty(await world.Blobs.NamesAsync());
    }

    [Fact]
    public async Task Only_octets_are_taken()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var got = await world.SendAsync(
            "PUT",
            $"/image/v2/images/{id}/file",
            "{}",
            prepare: request => request.ContentType = "application/json"
        );
        Assert.Equal(415, got.Status);
    }

    [Fact]
    public async Task An_image_without_formats_takes_no_data()
    {
        await using var world = await ImageWorld.StartAsync();
        var made = await world.SendAsync("POST", "/image/v2/images", """{"name":"bare"}""");
        var got = await world.UploadAsync(made.Json.GetProperty("id").GetString()!, Content);
        Assert.Equal(400, got.Status);
        Assert.Contains("disk_format", got.Body);
    }

    [Theory]
    [InlineData("mine:reader", 403)]
    [InlineData("theirs:member", 404)]
    public async Task Only_the_owner_uploads(string token, int status)
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        Assert.Equal(status, (await world.UploadAsync(id, new MemoryStream(Content), token)).Status);
    }

    [Fact]
    public async Task A_long_upload_says_that_it_lives()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var body = new HeldStream(Content);
        var upload = world.UploadAsync(id, body);
        await body.Waiting;
        world.Time.Advance(Uploads.Beat);
        body.GoOn();
        Assert.Equal(204, (await upload).Status);
    }
}
