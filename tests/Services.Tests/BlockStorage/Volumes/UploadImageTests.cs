using Pipeline.Contracts;
using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Volumes;

public sealed class UploadImageTests
{
    [Fact]
    public void The_answer_has_the_documented_shape_and_the_image_stands_with_it() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync($"\"size\":1,\"imageRef\":\"{world.Image}\"");
            var told = await UploadAsync(world, volume, "\"image_name\":\"made\",\"disk_format\":\"qcow2\"");
            Golden.Matches(told.Golden, "block-storage/volumes/upload-image.202.json");
            Assert.Equal("uploading", await StatusAsync(world, volume));
            var path = $"/image/v2/images/{told.Text("os-volume_upload_image", "image_id")}";
            var image = await world.SendAsync("GET", path);
            Assert.Equal("queued made qcow2 bare private", Shown(image));
            Assert.Equal(400, (await UploadAsync(world, volume, "\"image_name\":\"again\"")).Status);
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/volumes/{volume}")).Status);
            await world.SettleAsync();
            Assert.Equal("available", await StatusAsync(world, volume));
        });

    [Fact]
    public void What_fails_leaves_no_image_and_the_volume_as_it_was() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            world.Failing["SendImage"] = new(FaultCode.DiskFull, "the disk is full");
            var told = await UploadAsync(world, volume, "\"image_name\":\"made\"");
            await world.SettleAsync();
            Assert.Equal("available", await StatusAsync(world, volume));
            var path = $"/image/v2/images/{told.Text("os-volume_upload_image", "image_id")}";
            Assert.Equal(404, (await world.SendAsync("GET", path)).Status);
        });

    [Fact]
    public void What_is_wrong_is_refused_and_nothing_is_written() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            var images = await world.CountAsync("images");
            (string Body, int Status)[] cases =
            [
                ("", 400),
                ("\"image_name\":\"\"", 400),
                ("\"image_name\":\"x\",\"disk_format\":\"vmdk\"", 400),
                ("\"image_name\":\"x\",\"container_format\":\"ovf\"", 400),
                ("\"image_name\":\"x\",\"visibility\":\"public\"", 403),
                ("\"image_name\":\"x\",\"size\":1", 400),
            ];
            foreach (var (body, status) in cases)
                Assert.Equal($"{body} {status}", $"{body} {(await UploadAsync(world, volume, body)).Status}");
            Assert.Equal(404, (await UploadAsync(world, volume, "\"image_name\":\"x\"", "theirs:member")).Status);
            Assert.Equal(images, await world.CountAsync("images"));
            Assert.Equal("available", await StatusAsync(world, volume));
        });

    private static Task<Reply> UploadAsync(
        ComputeWorld world,
        string volume,
        string body,
        string token = "mine:member"
    ) =>
        world.VolumeAsync(
            "POST",
            $"/volumes/{volume}/action",
            $$$"""{"os-volume_upload_image":{ {{{body}}} } }""",
            token
        );

    private static string Shown(Reply image) =>
        string.Join(
            ' ',
            ((string[])["status", "name", "disk_format", "container_format", "visibility"]).Select(n => image.Text(n))
        );

    private static async Task<string> StatusAsync(ComputeWorld world, string volume) =>
        (await world.VolumeAsync("GET", $"/volumes/{volume}")).Text("volume", "status");
}
