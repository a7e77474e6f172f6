using System.Security.Cryptography;
using Pipeline.Contracts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>Images of volumes: read on the volume's host, and sent by it through the functions host.</summary>
public sealed class A_volume_becomes_an_image
{
    private const string Volumes = "/volume/v3/volumes";
    private const string Images = "/image/v2/images";

    [Fact]
    public void It_holds_what_the_volume_held_and_knows_its_sums() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var volume = await MakeAsync(cloud);
            var image = await UploadAsync(cloud, volume);
            await cloud.IdleAsync();
            var shown = (await cloud.GetAsync($"{Images}/{image}", cloud.Demo)).Must(200);
            Assert.Equal("active", shown.Text("status"));
            var word = cloud.Hosts[0].Metal.Volumes[volume].Content;
            var file = new byte[512];
            System.Text.Encoding.UTF8.GetBytes(word).CopyTo(file, 0);
            Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(file)), shown.Text("os_hash_value"));
            Assert.Equal("available", await StatusAsync(cloud, volume));
            Assert.Empty(cloud.Hosts[0].Metal.Files);
            await EndAsync(cloud, volume, image, before);
        });

    [Fact]
    public void One_that_is_deleted_meanwhile_leaves_the_volume_as_it_was() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var volume = await MakeAsync(cloud);
            var image = await UploadAsync(cloud, volume);
            await EndAsync(cloud, null, image, null);
            Assert.Equal("available", await StatusAsync(cloud, volume));
            await EndAsync(cloud, volume, null, before);
        });

    [Fact]
    public void A_backend_that_cannot_read_it_leaves_no_image() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var volume = await MakeAsync(cloud);
            cloud.Faults.Begin();
            var full = new Fault(FaultCode.DiskFull, "the disk is full");
            cloud.Faults.Fail(new(Where.BeforeDriver, "ReadVolumeImage", 1), full);
            var image = await UploadAsync(cloud, volume);
            await cloud.IdleAsync();
            (await cloud.GetAsync($"{Images}/{image}", cloud.Demo)).Must(404);
            await EndAsync(cloud, volume, null, before);
        });

    [Fact]
    public void No_other_host_sends_it() =>
        TestCloud.Run(
            async cloud =>
            {
                await Journey.FurnishedAsync(cloud);
                var volume = await MakeAsync(cloud);
                var image = await UploadAsync(cloud, volume);
                var at = cloud.Hosts.Single(h => h.Metal.Volumes.Count > 0);
                var other = cloud.Hosts.First(h => h != at);
                var refused = await Assert.ThrowsAsync<Fault>(() => other.SendImageAsync(image, new byte[512]));
                Assert.Equal(FaultCode.NotFound, refused.Code);
                await cloud.IdleAsync();
                Assert.Equal("active", (await cloud.GetAsync($"{Images}/{image}", cloud.Demo)).Text("status"));
            },
            options: new CloudOptions(Hosts: 2)
        );

    private static async Task<string> MakeAsync(TestCloud cloud)
    {
        var order = $$$"""{"volume": {"name": "v", "size": 1, "imageRef": "{{{cloud.Image}}}"} }""";
        var answer = await cloud.PostAsync(Volumes, order, cloud.Demo);
        await cloud.IdleAsync();
        return answer.Must(202).Text("volume", "id");
    }

    private static async Task<string> UploadAsync(TestCloud cloud, string volume)
    {
        const string order = """{"os-volume_upload_image": {"image_name": "made"}}""";
        var answer = (await cloud.PostAsync($"{Volumes}/{volume}/action", order, cloud.Demo)).Must(202);
        return answer.Text("os-volume_upload_image", "image_id");
    }

    private static async Task<string> StatusAsync(TestCloud cloud, string id) =>
        (await cloud.GetAsync($"{Volumes}/{id}", cloud.Demo)).Must(200).Text("volume", "status");

    private static async Task EndAsync(TestCloud cloud, string? volume, string? image, Holdings? before)
    {
        if (image is not null)
            (await cloud.DeleteAsync($"{Images}/{image}", cloud.Demo)).Must(204);
        if (volume is not null)
            (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(202);
        await cloud.IdleAsync();
        if (before is not null)
            Assert.Equal($"{before}", $"{await cloud.ResourcesAsync()}");
    }
}
