using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>Volumes and their snapshots, from the order to the end, through the real functions, engine and agents.</summary>
public sealed class A_volume_is_kept
{
    private const string Volumes = "/volume/v3/volumes";
    private const string Snapshots = "/volume/v3/snapshots";

    [Fact]
    public void It_becomes_available_and_goes_away_without_a_trace() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var id = await MakeAsync(cloud, "\"size\": 2");
            Assert.Equal("available", await StatusAsync(cloud, id));
            Assert.Equal(2L << 30, cloud.Hosts[0].Metal.Volumes[id].Spec.Bytes);
            await EndAsync(cloud, id, before);
        });

    [Fact]
    public void It_goes_where_there_is_room_as_hosts_tell_meanwhile() =>
        TestCloud.Run(
            async cloud =>
            {
                foreach (var host in cloud.Hosts.Skip(1))
                {
                    var reports = host.Inventory.Backends!;
                    await host.TellAsync(new([.. reports.Select(Full)]));
                }
                for (var i = 0; i < 3; i++)
                    await MakeAsync(cloud, "\"size\": 2");
                Assert.Equal([3, 0, 0], cloud.Hosts.Select(host => host.Metal.Volumes.Count));
            },
            options: new CloudOptions(Hosts: 3)
        );

    private static BackendReport Full(BackendReport report) =>
        report with
        {
            Statistics = report.Statistics with { Free = new Capacity(0) },
        };

    [Fact]
    public void It_is_filled_with_an_image_and_can_be_booted_from() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var id = await MakeAsync(cloud, $"\"size\": 1, \"imageRef\": \"{cloud.Image}\"");
            var volume = (await cloud.GetAsync($"{Volumes}/{id}", cloud.Demo)).Must(200);
            Assert.Equal("available true", $"{volume.Text("volume", "status")} {volume.Text("volume", "bootable")}");
            Assert.Equal(cloud.Image, volume.Text("volume", "volume_image_metadata", "image_id"));
            Assert.Contains(cloud.Image, cloud.Hosts[0].Metal.Volumes[id].Content, StringComparison.Ordinal);
            await EndAsync(cloud, id, before);
        });

    [Fact]
    public void What_is_made_of_it_holds_what_it_held_and_is_where_it_is() =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                var image = await MakeAsync(cloud, $"\"size\": 1, \"imageRef\": \"{cloud.Image}\"");
                var snapshot = await SnapshotAsync(cloud, image);
                var clone = await MakeAsync(cloud, $"\"source_volid\": \"{image}\", \"size\": 3");
                var copy = await MakeAsync(cloud, $"\"snapshot_id\": \"{snapshot}\"");
                var host = Assert.Single(cloud.Hosts, h => h.Metal.Volumes.Count > 0).Metal;
                Assert.Equal(host.Volumes[image].Content, host.Volumes[clone].Content);
                Assert.Equal(host.Volumes[image].Content, host.Volumes[copy].Content);
                Assert.Equal((3L << 30, 1L << 30), (host.Volumes[clone].Spec.Bytes, host.Volumes[copy].Spec.Bytes));
                foreach (var id in (string[])[clone, copy])
                    (await cloud.DeleteAsync($"{Volumes}/{id}", cloud.Demo)).Must(202);
                (await cloud.DeleteAsync($"{Volumes}/{image}", cloud.Demo)).Must(400); // it has a snapshot
                await EndAsync(cloud, image, before, "?cascade=true");
            },
            options: new CloudOptions(Hosts: 3)
        );

    [Fact]
    public void It_grows_and_what_it_counts_for_with_it() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var id = await MakeAsync(cloud, "\"size\": 2");
            (await ActAsync(cloud, id, """{"os-extend": {"new_size": 2}}""")).Must(400);
            (await ActAsync(cloud, id, """{"os-extend": {"new_size": 900}}""")).Must(202);
            Assert.Equal("extending", await StatusAsync(cloud, id));
            await cloud.IdleAsync();
            Assert.Equal("available", await StatusAsync(cloud, id));
            Assert.Equal(900L << 30, cloud.Hosts[0].Metal.Volumes[id].Spec.Bytes);
            (await ActAsync(cloud, id, """{"os-extend": {"new_size": 1001}}""")).Must(413);
            await EndAsync(cloud, id, before);
        });

    [Fact]
    public void One_that_cannot_grow_keeps_its_size_and_gives_back_the_rest() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var id = await MakeAsync(cloud, "\"size\": 2");
            cloud.Faults.Begin();
            cloud.Faults.Fail(
                new(Where.BeforeDriver, "ExtendVolume", 1),
                new Fault(FaultCode.DiskFull, "the disk is full")
            );
            (await ActAsync(cloud, id, """{"os-extend": {"new_size": 5}}""")).Must(202);
            await cloud.IdleAsync();
            Assert.Equal("error_extending", await StatusAsync(cloud, id));
            Assert.Equal(
                2,
                (await cloud.GetAsync($"{Volumes}/{id}", cloud.Demo))
                    .Json.GetProperty("volume")
                    .GetProperty("size")
                    .GetInt32()
            );
            await EndAsync(cloud, id, before);
        });

    [Fact]
    public void Where_nothing_fits_it_is_in_error_and_nothing_of_it_is_left() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var first = await MakeAsync(cloud, "\"size\": 600");
            var project = await cloud.Store.ReadAsync(tx =>
                tx.ScalarAsync<string>("SELECT id FROM projects WHERE name = @Project", new { cloud.Demo.Project })
            );
            (
                await cloud.PutAsync(
                    $"/volume/v3/os-quota-sets/{project}",
                    """{"quota_set": {"gigabytes": -1}}""",
                    cloud.Admin
                )
            ).Must(200);
            var second = await MakeAsync(cloud, "\"size\": 600");
            Assert.Equal("available error", $"{await StatusAsync(cloud, first)} {await StatusAsync(cloud, second)}");
            Assert.Single(cloud.Hosts[0].Metal.Volumes);
            (await cloud.DeleteAsync($"{Volumes}/{second}", cloud.Demo)).Must(202);
            await EndAsync(cloud, first, before);
        });

    [Fact]
    public void One_that_is_deleted_while_it_is_made_leaves_nothing() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var order = """{"volume": {"name": "v", "size": 2}}""";
            var id = (await cloud.PostAsync(Volumes, order, cloud.Demo)).Must(202).Text("volume", "id");
            await EndAsync(cloud, id, before);
        });

    [Fact]
    public void A_client_has_it_for_as_long_as_it_says_and_nothing_of_that_stays() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var id = await MakeAsync(cloud, "\"size\": 1");
            const string connect =
                """{"os-initialize_connection": {"connector": {"ip": "192.0.2.3", "host": "client"}}}""";
            var info = (await ActAsync(cloud, id, connect)).Must(200);
            var export = Assert.Single(cloud.Hosts[0].Metal.Volumes[id].Exports);
            Assert.Equal(export.Key, info.Text("connection_info", "data", "export"));
            Assert.Equal(("192.0.2.3", 24), (export.Value.Connector.Address, export.Value.Password!.Length));
            Assert.Equal("attaching", await StatusAsync(cloud, id));
            (await cloud.DeleteAsync($"{Volumes}/{id}", cloud.Demo)).Must(400);
            (await ActAsync(cloud, id, """{"os-detach": {}}""")).Must(202);
            await cloud.IdleAsync();
            Assert.Empty(cloud.Hosts[0].Metal.Volumes[id].Exports);
            Assert.Equal("available", await StatusAsync(cloud, id));
            await EndAsync(cloud, id, before);
        });

    [Fact]
    public void A_way_that_was_left_open_is_closed_by_a_sweep() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var id = await MakeAsync(cloud, "\"size\": 1");
            const string connect =
                """{"os-initialize_connection": {"connector": {"ip": "192.0.2.3", "host": "client"}}}""";
            (await ActAsync(cloud, id, connect)).Must(200);
            var open = cloud.Hosts[0].Metal.Volumes[id];
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            Assert.Single(cloud.Hosts[0].Metal.Volumes[id].Exports);
            (await ActAsync(cloud, id, """{"os-detach": {}}""")).Must(202);
            await cloud.IdleAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(30));
            cloud.Hosts[0].Metal.Volumes[id] = open;
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            Assert.Empty(cloud.Hosts[0].Metal.Volumes[id].Exports);
        });

    [Fact]
    public void What_a_client_has_goes_with_its_project() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var leaver = await cloud.AddUserAsync("leaver");
            var before = await cloud.ResourcesAsync();
            var made = await cloud.PostAsync(Volumes, """{"volume": {"name": "v", "size": 1}}""", leaver);
            var id = made.Must(202).Text("volume", "id");
            await cloud.IdleAsync();
            const string connect =
                """{"os-initialize_connection": {"connector": {"ip": "192.0.2.3", "host": "client"}}}""";
            (await cloud.PostAsync($"{Volumes}/{id}/action", connect, leaver)).Must(200);
            var project = await cloud.Store.ReadAsync(tx =>
                tx.ScalarAsync<string>("SELECT id FROM projects WHERE name = @Project", new { leaver.Project })
            );
            (await cloud.PostAsync($"/v3/projects/{project}/purge", "", cloud.Admin)).Must(202);
            await cloud.UntilAsync(
                async () =>
                    await cloud.Store.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM volumes")) == 0,
                "the volume goes"
            );
            await cloud.IdleAsync();
            Assert.Equal($"{before}", $"{await cloud.ResourcesAsync()}");
        });

    [Fact]
    public void What_is_being_read_from_is_not_deleted() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var source = await MakeAsync(cloud, "\"size\": 1");
            var order = $$$"""{"volume": {"source_volid": "{{{source}}}"} }""";
            (await cloud.PostAsync(Volumes, order, cloud.Demo)).Must(202);
            (await cloud.DeleteAsync($"{Volumes}/{source}", cloud.Demo)).Must(400);
            await cloud.IdleAsync();
            (await cloud.DeleteAsync($"{Volumes}/{source}", cloud.Demo)).Must(202);
        });

    [Fact]
    public void Another_project_finds_nothing_of_it() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var id = await MakeAsync(cloud, "\"size\": 1");
            var snapshot = await SnapshotAsync(cloud, id);
            var stranger = await cloud.AddUserAsync("stranger");
            foreach (var path in (string[])[$"{Volumes}/{id}", $"{Snapshots}/{snapshot}", $"{Volumes}/{id}/metadata"])
                (await cloud.GetAsync(path, stranger)).Must(404);
            (await cloud.DeleteAsync($"{Volumes}/{id}", stranger)).Must(404);
            (await cloud.DeleteAsync($"{Snapshots}/{snapshot}", stranger)).Must(404);
            foreach (var source in (string[])[$"\"source_volid\": \"{id}\"", $"\"snapshot_id\": \"{snapshot}\""])
                (await cloud.PostAsync(Volumes, $$$"""{"volume": {{{{source}}}} }""", stranger)).Must(404);
            Assert.Equal("[]", (await cloud.GetAsync(Volumes, stranger)).Json.GetProperty("volumes").GetRawText());
        });

    private static async Task<string> MakeAsync(TestCloud cloud, string more)
    {
        var answer = await cloud.PostAsync(Volumes, $$$"""{"volume": {{{{more}}}, "name": "v"} }""", cloud.Demo);
        await cloud.IdleAsync();
        return answer.Must(202).Text("volume", "id");
    }

    private static async Task<string> SnapshotAsync(TestCloud cloud, string volume)
    {
        var order = $$$"""{"snapshot": {"volume_id": "{{{volume}}}", "name": "s"} }""";
        var answer = await cloud.PostAsync(Snapshots, order, cloud.Demo);
        await cloud.IdleAsync();
        var id = answer.Must(202).Text("snapshot", "id");
        var shown = (await cloud.GetAsync($"{Snapshots}/{id}", cloud.Demo)).Must(200);
        Assert.Equal("available", shown.Text("snapshot", "status"));
        return id;
    }

    private static Task<CloudAnswer> ActAsync(TestCloud cloud, string id, string action) =>
        cloud.PostAsync($"{Volumes}/{id}/action", action, cloud.Demo);

    private static async Task<string> StatusAsync(TestCloud cloud, string id) =>
        (await cloud.GetAsync($"{Volumes}/{id}", cloud.Demo)).Must(200).Text("volume", "status");

    private static async Task EndAsync(TestCloud cloud, string id, Holdings before, string query = "")
    {
        (await cloud.DeleteAsync($"{Volumes}/{id}{query}", cloud.Demo)).Must(202);
        await cloud.IdleAsync();
        (await cloud.GetAsync($"{Volumes}/{id}", cloud.Demo)).Must(404);
        Assert.Equal($"{before}", $"{await cloud.ResourcesAsync()}");
    }
}
