using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>The host of a volume goes away while the volume is given to a guest of another host.</summary>
public sealed class A_storage_host_is_lost
{
    private const string Servers = "/compute/v2.1/servers";
    private const string Volumes = "/volume/v3/volumes";

    /// <summary>When it goes, and how long it stays away.</summary>
    public static TheoryData<string, int> Losses =>
        new()
        {
            { "before it is asked", 5 },
            { "before it is asked", 30 },
            { "EnsureExport", 5 },
            { "EnsureExport", 30 },
        };

    [Theory, MemberData(nameof(Losses))]
    public void An_attach_goes_on_when_it_is_back_in_time_and_else_ends_with_nothing_half_done(
        string when,
        int minutes
    ) =>
        RunAsync(
            async (cloud, server, volume) =>
            {
                var storage = await HostAsync(cloud, "volumes", volume);
                var before = await cloud.ResourcesAsync();
                var death = Task.CompletedTask;
                if (when != "EnsureExport")
                    await storage.KillAgentAsync();
                else
                    storage.Metal.After = (operation, _) => // the way is open, and nobody hears of it
                    {
                        if (operation == when)
                            death = storage.KillAgentAsync();
                        return Task.CompletedTask;
                    };
                var body = $$$"""{"volumeAttachment":{"volumeId":"{{{volume}}}"}}""";
                (await cloud.PostAsync($"{server}/os-volume_attachments", body, cloud.Demo)).Must(200);
                await cloud.PassAsync(TimeSpan.FromMinutes(minutes));
                Assert.False(storage.IsUp);
                Assert.Contains(await StatusAsync(cloud, volume), (string[])["reserved", "attaching", "detaching"]);
                await death;
                storage.StartAgent();
                await cloud.IdleAsync();
                if (minutes < 10)
                {
                    Assert.Equal("in-use", await StatusAsync(cloud, volume));
                    (await cloud.DeleteAsync($"{server}/os-volume_attachments/{volume}", cloud.Demo)).Must(202);
                    await cloud.IdleAsync();
                }
                Assert.Equal("available", await StatusAsync(cloud, volume));
                Assert.Equal($"{before}", $"{await cloud.ResourcesAsync()}");
            }
        );

    [Fact]
    public void A_guest_goes_though_the_host_of_its_volume_is_away_and_the_volume_is_free_when_it_is_back() =>
        RunAsync(
            async (cloud, server, volume) =>
            {
                var storage = await HostAsync(cloud, "volumes", volume);
                var body = $$$"""{"volumeAttachment":{"volumeId":"{{{volume}}}"}}""";
                (await cloud.PostAsync($"{server}/os-volume_attachments", body, cloud.Demo)).Must(200);
                await cloud.IdleAsync();
                await storage.KillAgentAsync();
                (await cloud.DeleteAsync(server, cloud.Demo)).Must(204);
                await cloud.PassAsync(TimeSpan.FromMinutes(30));
                Assert.All(cloud.Hosts, host => Assert.Empty(host.Metal.Guests));
                (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(400); // the way to it is still open
                storage.StartAgent();
                await cloud.IdleAsync();
                Assert.Equal("available", await StatusAsync(cloud, volume));
                Assert.Empty(storage.Metal.Volumes[volume].Exports);
            }
        );

    /// <summary>Two hosts: one has a server, the other a volume.</summary>
    private static void RunAsync(Func<TestCloud, string, string, Task> test) =>
        TestCloud.Run(
            async cloud =>
            {
                await cloud.FurnishAsync();
                var id = await cloud.CreateServerAsync();
                await cloud.IdleAsync();
                var compute = await HostAsync(cloud, "servers", id);
                string volume;
                do
                {
                    var made = await cloud.PostAsync(Volumes, """{"volume":{"size":1}}""", cloud.Demo);
                    volume = made.Must(202).Text("volume", "id");
                    await cloud.IdleAsync();
                } while (await HostAsync(cloud, "volumes", volume) == compute);
                await test(cloud, $"{Servers}/{id}", volume);
            },
            options: new CloudOptions(Hosts: 2)
        );

    private static async Task<TestHost> HostAsync(TestCloud cloud, string table, string id)
    {
        var name = await cloud.Store.ReadAsync(tx =>
            tx.ScalarAsync<string>($"SELECT host_name FROM {table} WHERE id = @id", new { id })
        );
        return cloud.Hosts.Single(host => host.Name == name);
    }

    private static async Task<string> StatusAsync(TestCloud cloud, string volume) =>
        (await cloud.GetAsync($"{Volumes}/{volume}", cloud.Demo)).Must(200).Text("volume", "status");
}
