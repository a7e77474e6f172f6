using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Volumes;

public sealed class BootFromVolumeTests
{
    private const string Servers = "/compute/v2.1/servers";
    private const string Volumes = "/volume/v3/volumes";

    [Fact]
    public void A_server_boots_from_a_volume_that_is_made_of_an_image() =>
        RunAsync(async cloud =>
        {
            var id = await BootAsync(
                cloud,
                $$"""{"boot_index":0,"uuid":"{{cloud.Image}}","source_type":"image","destination_type":"volume","volume_size":2}"""
            );
            var server = (await cloud.GetAsync($"{Servers}/{id}", cloud.Demo)).Must(200);
            Assert.Equal("ACTIVE", server.Text("server", "status"));
            Assert.Equal("", server.Text("server", "image"));
            var volume = server.Json.GetProperty("server").GetProperty("os-extended-volumes:volumes_attached")[0];
            var shown = await cloud.GetAsync($"{Volumes}/{volume.GetProperty("id").GetString()}", cloud.Demo);
            Assert.Equal("in-use", shown.Must(200).Text("volume", "status"));
            var guest = Assert.Single(cloud.Hosts[0].Metal.Guests.Values).Spec;
            Assert.Null(guest.RootDisk);
            Assert.Equal("/dev/vda", Assert.Single(guest.Volumes!).Device);
            Assert.Empty(cloud.Hosts[0].Metal.Disks);
            var detach = $"{Servers}/{id}/os-volume_attachments/{volume.GetProperty("id").GetString()}";
            (await cloud.DeleteAsync(detach, cloud.Demo)).Must(400); // it boots from it
            (await cloud.DeleteAsync($"{Servers}/{id}", cloud.Demo)).Must(204);
            await cloud.IdleAsync();
            shown = await cloud.GetAsync($"{Volumes}/{volume.GetProperty("id").GetString()}", cloud.Demo);
            Assert.Equal("available", shown.Must(200).Text("volume", "status"));
        });

    [Fact]
    public void A_server_boots_from_a_volume_of_its_owner_and_takes_others_with_it() =>
        RunAsync(async cloud =>
        {
            var boot = await VolumeAsync(cloud, $",\"imageRef\":\"{cloud.Image}\"");
            var before = await CountAsync(cloud);
            var id = await BootAsync(
                cloud,
                $$"""
                {"boot_index":"0","uuid":"{{boot}}","source_type":"volume","destination_type":"volume"},
                {"boot_index":-1,"source_type":"blank","destination_type":"volume","volume_size":"1","delete_on_termination":true}
                """
            );
            var guest = Assert.Single(cloud.Hosts[0].Metal.Guests.Values).Spec;
            Assert.Equal(["/dev/vda", "/dev/vdb"], guest.Volumes!.Select(v => v.Device).Order());
            Assert.Equal(before + 1, await CountAsync(cloud));
            (await cloud.DeleteAsync($"{Servers}/{id}", cloud.Demo)).Must(204);
            await cloud.IdleAsync();
            Assert.Equal(before, await CountAsync(cloud)); // the blank one went with its server
        });

    [Fact]
    public void A_server_from_an_image_has_volumes_beside_it() =>
        RunAsync(async cloud =>
        {
            var volume = await VolumeAsync(cloud, "");
            var devices = $$"""
                {"boot_index":0,"uuid":"{{cloud.Image}}","source_type":"image","destination_type":"local"},
                {"boot_index":null,"uuid":"{{volume}}","source_type":"volume"}
                """;
            var body = BodyOf(cloud, devices);
            var id = (await cloud.PostAsync(Servers, body, cloud.Demo)).Must(202).Text("server", "id");
            await cloud.IdleAsync();
            Assert.Equal("ACTIVE", await cloud.StatusAsync(id));
            var guest = Assert.Single(cloud.Hosts[0].Metal.Guests.Values).Spec;
            Assert.NotNull(guest.RootDisk);
            Assert.Equal("/dev/vdb", Assert.Single(guest.Volumes!).Device);
        });

    [Fact]
    public void What_cannot_be_booted_from_is_refused_and_nothing_is_held() =>
        RunAsync(async cloud =>
        {
            var stranger = await cloud.AddUserAsync("stranger");
            var blank = await VolumeAsync(cloud, "");
            var theirs = await VolumeAsync(cloud, "", stranger);
            var before = await cloud.ResourcesAsync();
            (string Devices, string Says)[] wrong =
            [
                ($$"""{"boot_index":0,"uuid":"{{blank}}","source_type":"volume"}""", "is not bootable"),
                ($$"""{"boot_index":0,"uuid":"{{theirs}}","source_type":"volume"}""", "failed to get volume"),
                ($$"""{"boot_index":1,"uuid":"{{blank}}","source_type":"volume"}""", "Boot sequence"),
                (
                    $$"""{"boot_index":0,"uuid":"{{blank}}","source_type":"volume","destination_type":"local"}""",
                    "to local"
                ),
                ("""{"boot_index":0,"source_type":"blank","destination_type":"volume"}""", "non-zero size"),
                ("""{"boot_index":0,"source_type":"volume"}""", "Missing device UUID."),
                (
                    $$"""{"boot_index":0,"uuid":"{{cloud.Image}}","source_type":"image","destination_type":"volume"}""",
                    "non-zero"
                ),
                (
                    $$"""{"boot_index":0,"uuid":"5b1a0000-0000-4000-8000-000000000005","source_type":"snapshot"}""",
                    "failed to get snapshot"
                ),
                ("""{"boot_index":0,"source_type":"nothing"}""", "source_type"),
            ];
            foreach (var (devices, says) in wrong)
            {
                var answer = await cloud.PostAsync(Servers, BodyOf(cloud, devices), cloud.Demo);
                Assert.Contains(says, answer.Must(400).Body, StringComparison.Ordinal);
            }
            await cloud.IdleAsync();
            Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
        });

    [Theory]
    [InlineData("\"disk_bus\":\"scsi\"", "disk_bus 'scsi' is not offered, only 'virtio'.")]
    [InlineData("\"device_type\":\"cdrom\"", "device_type 'cdrom' is not offered, only 'disk'.")]
    [InlineData("\"device_type\":\"lun\"", "device_type 'lun' is not offered, only 'disk'.")]
    [InlineData("\"guest_format\":\"ext4\"", "guest_format 'ext4' is not offered.")]
    [InlineData("\"no_device\":true", "no_device is not offered")]
    [InlineData("\"volume_type\":\"x\"", "volume_type")] // known from 2.67 on
    [InlineData("\"tag\":\"x\"", "tag")] // known from 2.32 on
    public void What_a_disk_would_not_be_is_refused_by_its_name(string more, string says) =>
        RunAsync(async cloud =>
        {
            var answer = await cloud.PostAsync(Servers, BodyOf(cloud, Disk(cloud, more)), cloud.Demo);
            Assert.Contains(says, answer.Must(400).Body, StringComparison.Ordinal);
            Assert.Equal(0, await CountAsync(cloud));
        });

    [Fact]
    public void What_a_disk_is_anyway_may_be_said() =>
        RunAsync(async cloud =>
        {
            const string usual = """
                "disk_bus":"virtio","device_type":"disk","device_name":"/dev/vda","guest_format":"","no_device":false
                """;
            await BootAsync(cloud, Disk(cloud, usual));
            Assert.Equal(1, await CountAsync(cloud));
        });

    private static string Disk(TestCloud cloud, string more) =>
        $$$"""
            {"boot_index":0,"uuid":"{{{cloud.Image}}}","source_type":"image","destination_type":"volume","volume_size":2,
             {{{more}}}}
            """;

    private static void RunAsync(Func<TestCloud, Task> test) =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            await test(cloud);
        });

    private static async Task<string> BootAsync(TestCloud cloud, string devices)
    {
        var answer = await cloud.PostAsync(Servers, BodyOf(cloud, devices), cloud.Demo);
        await cloud.IdleAsync();
        return answer.Must(202).Text("server", "id");
    }

    private static string BodyOf(TestCloud cloud, string devices) =>
        $$$"""
            {"server":{"name":"x","flavorRef":"small","imageRef":"","networks":[{"uuid":"{{{cloud.Network}}}"}],
             "block_device_mapping_v2":[{{{devices}}}]} }
            """;

    private static async Task<string> VolumeAsync(TestCloud cloud, string more, CloudUser? user = null)
    {
        var made = await cloud.PostAsync(Volumes, $$$"""{"volume":{"size":2{{{more}}}}}""", user ?? cloud.Demo);
        await cloud.IdleAsync();
        return made.Must(202).Text("volume", "id");
    }

    private static async Task<int> CountAsync(TestCloud cloud) =>
        (await cloud.GetAsync(Volumes, cloud.Demo)).Must(200).Json.GetProperty("volumes").GetArrayLength();
}
