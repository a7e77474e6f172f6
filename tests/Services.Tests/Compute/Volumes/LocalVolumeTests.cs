using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Volumes;

/// <summary>Two hosts, each with volumes that are files of its own: no other host's guests reach them.</summary>
public sealed class LocalVolumeTests
{
    private const string Servers = "/compute/v2.1/servers";
    private const string Volumes = "/volume/v3/volumes";

    [Fact]
    public void A_server_goes_where_its_volumes_are_reached() =>
        RunAsync(
            async (cloud, volumes) =>
            {
                foreach (var (host, volume) in volumes)
                {
                    var id = await BootAsync(cloud, volume);
                    Assert.Equal("ACTIVE", await cloud.StatusAsync(id));
                    Assert.Equal(host, await NameAsync(cloud, "servers", id));
                    (await cloud.DeleteAsync($"{Servers}/{id}", cloud.Demo)).Must(204);
                    await cloud.IdleAsync();
                }
            }
        );

    [Fact]
    public void A_server_that_no_host_can_give_all_its_volumes_says_so() =>
        RunAsync(
            async (cloud, volumes) =>
            {
                var before = await cloud.ResourcesAsync();
                var id = await BootAsync(cloud, [.. volumes.Values]);
                Assert.Equal("ERROR", await cloud.StatusAsync(id));
                var fault = (await cloud.GetAsync($"{Servers}/{id}", cloud.Demo)).Must(200);
                Assert.Contains("2 rejected by volumes", fault.Text("server", "fault", "message"));
                (await cloud.DeleteAsync($"{Servers}/{id}", cloud.Demo)).Must(204);
                await cloud.IdleAsync();
                Assert.Equal($"{before}", $"{await cloud.ResourcesAsync()}");
            }
        );

    [Fact]
    public void A_server_is_not_given_a_volume_that_its_host_does_not_reach() =>
        RunAsync(
            async (cloud, volumes) =>
            {
                var id = await BootAsync(cloud, volumes["host-1"]);
                var body = $$$"""{"volumeAttachment":{"volumeId":"{{{volumes["host-2"]}}}"}}""";
                var refused = await cloud.PostAsync($"{Servers}/{id}/os-volume_attachments", body, cloud.Demo);
                Assert.Contains("only servers there reach it", refused.Must(400).Body);
                var shown = await cloud.GetAsync($"{Volumes}/{volumes["host-2"]}", cloud.Demo);
                Assert.Equal("available", shown.Must(200).Text("volume", "status"));
            }
        );

    private static void RunAsync(Func<TestCloud, IReadOnlyDictionary<string, string>, Task> test)
    {
        var options = new CloudOptions(Hosts: 2);
        var local = options.Inventory.Backends![0];
        local = local with { Statistics = local.Statistics with { Protocol = "file" } };
        TestCloud.Run(
            async cloud =>
            {
                await cloud.FurnishAsync();
                var volumes = new SortedDictionary<string, string>(StringComparer.Ordinal);
                while (volumes.Count < 2)
                {
                    var body = $$$"""{"volume":{"size":2,"imageRef":"{{{cloud.Image}}}"}}""";
                    var id = (await cloud.PostAsync(Volumes, body, cloud.Demo)).Must(202).Text("volume", "id");
                    await cloud.IdleAsync();
                    volumes[await NameAsync(cloud, "volumes", id)] = id;
                }
                await test(cloud, volumes);
            },
            options: options with
            {
                Inventory = options.Inventory with { Backends = [local] },
            }
        );
    }

    private static async Task<string> BootAsync(TestCloud cloud, params string[] volumes)
    {
        var devices = volumes.Select(
            (volume, index) =>
                $$"""{"boot_index":{{(index == 0 ? 0 : -1)}},"uuid":"{{volume}}","source_type":"volume"}"""
        );
        var body = $$$"""
            {"server":{"name":"x","flavorRef":"small","imageRef":"","networks":[{"uuid":"{{{cloud.Network}}}"}],
             "block_device_mapping_v2":[{{{string.Join(',', devices)}}}]} }
            """;
        var id = (await cloud.PostAsync(Servers, body, cloud.Demo)).Must(202).Text("server", "id");
        await cloud.IdleAsync();
        return id;
    }

    private static async Task<string> NameAsync(TestCloud cloud, string table, string id) =>
        (
            await cloud.Store.ReadAsync(tx =>
                tx.ScalarAsync<string>($"SELECT host_name FROM {table} WHERE id = @id", new { id })
            )
        )!;
}
