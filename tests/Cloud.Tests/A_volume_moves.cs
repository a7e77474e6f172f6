using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>A volume goes from one host to another: what it holds goes with it, or stays whole where it was.</summary>
public sealed class A_volume_moves
{
    private const string Volumes = "/volume/v3/volumes";
    private const string Servers = "/compute/v2.1/servers";

    [Fact]
    public void What_it_holds_is_what_it_held_and_a_guest_has_it_from_there() =>
        RunAsync(
            async (cloud, volume, from, to) =>
            {
                var before = await cloud.ResourcesAsync();
                var word = Content(from, volume);
                await MoveAsync(cloud, volume, to);
                await cloud.IdleAsync();
                Assert.Equal($"available success {to.Name}", await ShownAsync(cloud, volume));
                Assert.Empty(from.Metal.Volumes);
                var name = await NameAsync(cloud, volume);
                Assert.Equal((word, 1), (Content(to, name), to.Metal.Volumes.Count));
                Assert.Empty(await cloud.BackupPartsAsync());

                var server = $"{Servers}/{await cloud.CreateServerAsync()}";
                await cloud.IdleAsync();
                var body = $$$"""{"volumeAttachment":{"volumeId":"{{{volume}}}"}}""";
                (await cloud.PostAsync($"{server}/os-volume_attachments", body, cloud.Demo)).Must(200);
                await cloud.IdleAsync();
                Assert.Single(to.Metal.Volumes[name].Exports);
                await MoveAsync(cloud, volume, from, 400);
                (await cloud.DeleteAsync($"{server}/os-volume_attachments/{volume}", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                Assert.Empty(to.Metal.Volumes[name].Exports);
                (await cloud.DeleteAsync(server, cloud.Demo)).Must(204);
                await cloud.IdleAsync();

                await MoveAsync(cloud, volume, from);
                await cloud.IdleAsync();
                Assert.Equal(word, Content(from, await NameAsync(cloud, volume)));
                Assert.Empty(to.Metal.Volumes);
                Assert.Equal(Promised(before), Promised(await cloud.ResourcesAsync()));
            }
        );

    [Theory]
    [InlineData("EnsureVolume", true)]
    [InlineData("ReadVolumeImage", false)]
    [InlineData("WriteVolumeImage", true)]
    public void A_host_that_dies_on_the_way_and_comes_back_goes_on(string operation, bool target) =>
        RunAsync(
            async (cloud, volume, from, to) =>
            {
                var (word, dying) = (Content(from, volume), target ? to : from);
                var death = Task.CompletedTask;
                dying.Metal.After = (done, _) =>
                {
                    if (done == operation && death.IsCompletedSuccessfully && dying.IsUp)
                        death = dying.KillAgentAsync();
                    return Task.CompletedTask;
                };
                await MoveAsync(cloud, volume, to);
                await cloud.PassAsync(TimeSpan.FromMinutes(5));
                dying.Metal.After = (_, _) => Task.CompletedTask;
                Assert.False(dying.IsUp);
                await death;
                dying.StartAgent();
                await cloud.IdleAsync();
                Assert.Equal($"available success {to.Name}", await ShownAsync(cloud, volume));
                Assert.Equal(word, Content(to, await NameAsync(cloud, volume)));
                Assert.Empty(from.Metal.Volumes);
            }
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_is_deleted_by_force_on_its_way_leaves_nothing_on_either_host(bool away) =>
        RunAsync(
            async (cloud, volume, from, to) =>
            {
                if (away)
                    await to.KillAgentAsync();
                await MoveAsync(cloud, volume, to);
                if (away)
                    await cloud.PassAsync(TimeSpan.FromMinutes(2));
                (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(400);
                const string force = """{"os-force_delete": {}}""";
                (await cloud.PostAsync($"{Volumes}/{volume}/action", force, cloud.Admin)).Must(202);
                await cloud.PassAsync(TimeSpan.FromMinutes(2));
                if (away)
                    to.StartAgent();
                await cloud.IdleAsync();
                (await cloud.GetAsync($"{Volumes}/{volume}", cloud.Demo)).Must(404);
                Assert.All(cloud.Hosts, host => Assert.Empty(host.Metal.Volumes));
                Assert.Empty(await cloud.BackupPartsAsync());
            }
        );

    [Fact]
    public void No_host_reads_or_writes_what_does_not_move_by_it() =>
        RunAsync(
            async (cloud, volume, _, to) =>
            {
                await MoveAsync(cloud, volume, to);
                await cloud.IdleAsync();
                foreach (var host in cloud.Hosts)
                foreach (var name in (string[])[volume, await NameAsync(cloud, volume)])
                {
                    await Assert.ThrowsAsync<Pipeline.Contracts.Fault>(() =>
                        host.SendPartAsync(name, new string('0', 64), [1])
                    );
                    await Assert.ThrowsAsync<Pipeline.Contracts.Fault>(() => host.FetchPartAsync(name, "manifest"));
                }
            }
        );

    /// <summary>Two hosts, and a volume of an image on one of them.</summary>
    private static void RunAsync(Func<TestCloud, string, TestHost, TestHost, Task> test) =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                var order = $$$"""{"volume": {"name": "v", "size": 1, "imageRef": "{{{cloud.Image}}}"} }""";
                var volume = (await cloud.PostAsync(Volumes, order, cloud.Demo)).Must(202).Text("volume", "id");
                await cloud.IdleAsync();
                var from = cloud.Hosts.Single(host => host.Metal.Volumes.Count == 1);
                await test(cloud, volume, from, cloud.Hosts.Single(host => host != from));
                if ((await cloud.GetAsync($"{Volumes}/{volume}", cloud.Demo)).Status == 200)
                    (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                Assert.Equal($"{before}", $"{await cloud.ResourcesAsync()}");
            },
            options: new CloudOptions(Hosts: 2)
        );

    private static async Task MoveAsync(TestCloud cloud, string volume, TestHost to, int status = 202)
    {
        var order = $$$"""{"os-migrate_volume": {"host": "{{{to.Name}}}@local#local", "lock_volume": true} }""";
        (await cloud.PostAsync($"{Volumes}/{volume}/action", order, cloud.Admin)).Must(status);
    }

    private static string Content(TestHost host, string name) => host.Metal.Volumes[name].Content;

    private static string Promised(Holdings holdings) =>
        string.Join('\n', $"{holdings}".Split('\n').Where(l => l.StartsWith("backend:", StringComparison.Ordinal)));

    private static async Task<string> ShownAsync(TestCloud cloud, string id)
    {
        var volume = (await cloud.GetAsync($"{Volumes}/{id}", cloud.Admin)).Must(200);
        var host = volume.Text("volume", "os-vol-host-attr:host").Split('@')[0];
        return $"{volume.Text("volume", "status")} {volume.Text("volume", "migration_status")} {host}";
    }

    private static async Task<string> NameAsync(TestCloud cloud, string id) =>
        (await cloud.GetAsync($"{Volumes}/{id}", cloud.Admin))
            .Must(200)
            .Text("volume", "os-vol-mig-status-attr:name_id");
}
