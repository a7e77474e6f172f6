using Pipeline.Data;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Image;

/// <summary>Quotas of images: none until an operator sets one.</summary>
public sealed class ImageQuotaTests
{
    private const int Mib = 1 << 20;

    [Fact]
    public async Task Usage_has_the_documented_shape_and_follows_the_rows()
    {
        await using var world = await ImageWorld.StartAsync();
        await LimitAsync(world, "image_count_total", 5);
        var id = await world.CreateAsync();
        await world.UploadAsync(id, new byte[Mib + 1]);
        await world.CreateAsync();
        var shown = await world.SendAsync("GET", "/image/v2/info/usage");
        Golden.Matches(shown.Answer, "image/images/usage.200.json");
        await world.SendAsync("DELETE", $"/image/v2/images/{id}");
        Assert.Equal((1, 0), (await UsedAsync(world, "image_count_total"), await UsedAsync(world, "image_size_total")));
    }

    [Fact]
    public async Task Many_creates_at_once_leave_exactly_the_limit()
    {
        await using var world = await ImageWorld.StartAsync();
        await LimitAsync(world, "image_count_total", 3);
        var all = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ =>
                    world.SendAsync("POST", "/image/v2/images", """{"disk_format":"raw","container_format":"bare"}""")
                )
        );
        Assert.Equal((3, 17), (all.Count(one => one.Status == 201), all.Count(one => one.Status == 413)));
        Assert.Equal(3, await UsedAsync(world, "image_count_total"));
        Assert.Equal(201, (await world.SendAsync("POST", "/image/v2/images", "{}", "theirs:member")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_for_which_there_is_no_room_leaves_a_queued_image(bool declared)
    {
        await using var world = await ImageWorld.StartAsync();
        await LimitAsync(world, "image_size_total", 3);
        var (first, second) = (await world.CreateAsync(), await world.CreateAsync());
        Assert.Equal(204, (await world.UploadAsync(first, new byte[2 * Mib])).Status);
        using var content = new MemoryStream(new byte[Mib + 1]);
        var refused = await world.UploadAsync(second, content, length: declared ? Mib + 1 : null);
        Assert.Equal(413, refused.Status);
        Assert.Contains("image_size_total", refused.Body);
        Assert.Equal("queued", await world.StatusOfAsync(second));
        Assert.Equal(2, await UsedAsync(world, "image_size_total"));
        Assert.Equal(204, (await world.UploadAsync(second, new byte[Mib])).Status);
    }

    [Fact]
    public async Task Only_so_many_files_are_uploaded_at_the_same_time()
    {
        await using var world = await ImageWorld.StartAsync();
        await LimitAsync(world, "image_count_uploading", 1);
        var (first, second) = (await world.CreateAsync(), await world.CreateAsync());
        var body = new HeldStream(new byte[10]);
        var upload = world.UploadAsync(first, body);
        await body.Waiting;
        Assert.Equal(1, await UsedAsync(world, "image_count_uploading"));
        Assert.Equal(413, (await world.UploadAsync(second, new byte[10])).Status);
        body.GoOn();
        Assert.Equal(204, (await upload).Status);
        Assert.Equal(204, (await world.UploadAsync(second, new byte[10])).Status);
    }

    private static Task LimitAsync(ImageWorld world, string resource, long limit) =>
        world.Database.WriteAsync(tx => tx.SetLimitAsync(resource, new(ImageWorld.Mine), resource, limit));

    private static async Task<long> UsedAsync(ImageWorld world, string resource)
    {
        var shown = await world.SendAsync("GET", "/image/v2/info/usage");
        return shown.Json.GetProperty("usage").GetProperty(resource).GetProperty("usage").GetInt64();
    }
}
