using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>A guest goes over from one volume to another, or keeps the one that it has: nothing is half done.</summary>
public sealed class A_volume_takes_anothers_place
{
    private const string Servers = "/compute/v2.1/servers";
    private const string Volumes = "/volume/v3/volumes";

    [Fact]
    public void The_guest_has_the_new_one_and_the_old_one_is_free() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                (await SwapAsync(cloud, server, old, next)).Must(202);
                await cloud.IdleAsync();
                await HasAsync(cloud, next, old);
            }
        );

    [Fact]
    public void What_goes_with_the_server_is_what_has_the_place() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                await cloud.Store.WriteAsync(tx =>
                    tx.ExecuteAsync("UPDATE server_volumes SET delete_on_termination = 1")
                );
                (await SwapAsync(cloud, server, old, next)).Must(202);
                await cloud.IdleAsync();
                (await cloud.DeleteAsync(server, cloud.Demo)).Must(204);
                await cloud.IdleAsync();
                (await cloud.GetAsync($"{Volumes}/{next}", cloud.Demo)).Must(404);
                Assert.Equal("available", await StatusAsync(cloud, old));
            }
        );

    [Theory]
    [InlineData("MirrorVolume")]
    [InlineData("PivotVolume")]
    public void A_guests_host_that_dies_on_the_way_goes_on_when_it_is_back(string operation) =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var (host, death) = (GuestHost(cloud), Task.CompletedTask);
                host.Metal.After = (done, _) => // it is done, and nobody hears of it
                {
                    if (done == operation && death.IsCompletedSuccessfully && host.IsUp)
                        death = host.KillAgentAsync();
                    return Task.CompletedTask;
                };
                (await SwapAsync(cloud, server, old, next)).Must(202);
                await cloud.PassAsync(TimeSpan.FromMinutes(5));
                host.Metal.After = null;
                Assert.False(host.IsUp);
                await death;
                host.StartAgent();
                await cloud.IdleAsync();
                await HasAsync(cloud, next, old);
            }
        );

    [Fact]
    public void Copying_takes_as_long_as_it_takes() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var metal = GuestHost(cloud).Metal;
                metal.Before = Copies;
                (await SwapAsync(cloud, server, old, next)).Must(202);
                await cloud.PassAsync(TimeSpan.FromHours(5));
                Assert.Equal(
                    ("detaching", "attaching"),
                    (await StatusAsync(cloud, old), await StatusAsync(cloud, next))
                );
                metal.Before = null;
                await cloud.IdleAsync();
                await HasAsync(cloud, next, old);
            }
        );

    [Fact]
    public void Copying_that_does_not_end_within_a_day_is_undone() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                GuestHost(cloud).Metal.Before = Copies;
                (await SwapAsync(cloud, server, old, next)).Must(202);
                await cloud.PassAsync(TimeSpan.FromHours(25));
                await cloud.IdleAsync();
                await HasAsync(cloud, old, next);
            }
        );

    [Fact]
    public void A_guest_that_ends_while_it_is_copied_keeps_its_volume() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var metal = GuestHost(cloud).Metal;
                metal.Before = Copies;
                (await SwapAsync(cloud, server, old, next)).Must(202);
                await cloud.PassAsync(TimeSpan.FromMinutes(5));
                metal.Before = null;
                metal.EndGuest(new(Guid.Parse(server.Split('/')[^1])));
                await cloud.IdleAsync();
                await HasAsync(cloud, old, next);
            }
        );

    [Fact]
    public void A_guest_that_ends_before_it_goes_over_keeps_its_volume() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var metal = GuestHost(cloud).Metal;
                metal.Before = (operation, _) =>
                {
                    if (operation == "PivotVolume" && metal.Guests.Values.Any(g => g.State == GuestState.Running))
                        metal.EndGuest(new(Guid.Parse(server.Split('/')[^1])));
                    return Task.CompletedTask;
                };
                (await SwapAsync(cloud, server, old, next)).Must(202);
                await cloud.IdleAsync();
                await HasAsync(cloud, old, next);
            }
        );

    [Theory]
    [InlineData("MirrorVolume")]
    [InlineData("PivotVolume")]
    public void A_server_that_is_deleted_meanwhile_leaves_both(string operation) =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var metal = GuestHost(cloud).Metal;
                metal.Before = (begun, _) =>
                    begun == operation ? throw new Fault(FaultCode.Unavailable, "later") : Task.CompletedTask;
                (await SwapAsync(cloud, server, old, next)).Must(202);
                await cloud.PassAsync(TimeSpan.FromMinutes(5));
                (await cloud.DeleteAsync(server, cloud.Demo)).Must(204);
                await cloud.IdleAsync();
                (await cloud.GetAsync(server, cloud.Demo)).Must(404);
                foreach (var volume in (string[])[old, next])
                    Assert.Equal("available", await StatusAsync(cloud, volume));
            }
        );

    [Fact]
    public void Of_two_that_want_the_same_place_at_once_one_gets_it() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var made = await cloud.PostAsync(Volumes, """{"volume":{"size":1}}""", cloud.Demo);
                var other = made.Must(202).Text("volume", "id");
                await cloud.IdleAsync();
                var answers = await Task.WhenAll(
                    SwapAsync(cloud, server, old, next),
                    SwapAsync(cloud, server, old, other)
                );
                Assert.Equal([202, 409], answers.Select(answer => answer.Status).Order());
                await cloud.IdleAsync();
                var (winner, loser) = answers[0].Status == 202 ? (next, other) : (other, next);
                await HasAsync(cloud, winner, old);
                Assert.Equal("available", await StatusAsync(cloud, loser));
                (await cloud.DeleteAsync($"{Volumes}/{other}", cloud.Demo)).Must(winner == other ? 400 : 202);
            }
        );

    private static Task Copies(string operation, string _) =>
        operation == "MirrorVolume" ? throw new Fault(FaultCode.Unavailable, "it copies") : Task.CompletedTask;

    /// <summary>Two hosts, a server with a volume, and another volume; at the end all is deleted, and nothing is left.</summary>
    private static void RunAsync(Func<TestCloud, string, string, string, Task> test) =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                var server = $"{Servers}/{await cloud.CreateServerAsync()}";
                var volumes = new List<string>();
                foreach (var _ in (int[])[1, 2])
                {
                    var made = await cloud.PostAsync(Volumes, """{"volume":{"size":1}}""", cloud.Demo);
                    volumes.Add(made.Must(202).Text("volume", "id"));
                }
                await cloud.IdleAsync();
                (await cloud.PostAsync($"{server}/os-volume_attachments", Body(volumes[0]), cloud.Demo)).Must(200);
                await cloud.IdleAsync();
                await test(cloud, server, volumes[0], volumes[1]);
                foreach (var host in cloud.Hosts)
                    (host.Metal.Before, host.Metal.After) = (null, null);
                if ((await cloud.GetAsync(server, cloud.Demo)).Status == 200)
                    (await cloud.DeleteAsync(server, cloud.Demo)).Must(204);
                await cloud.IdleAsync();
                foreach (
                    var volume in await cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT id FROM volumes"))
                )
                    (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                Assert.Equal($"{before}", $"{await cloud.ResourcesAsync()}");
            },
            options: new CloudOptions(Hosts: 2)
        );

    private static Task<CloudAnswer> SwapAsync(TestCloud cloud, string server, string old, string next) =>
        cloud.PutAsync($"{server}/os-volume_attachments/{old}", Body(next), cloud.Admin);

    private static string Body(string volume) => $$$"""{"volumeAttachment":{"volumeId":"{{{volume}}}"} }""";

    private static TestHost GuestHost(TestCloud cloud) => cloud.Hosts.Single(host => host.Metal.Guests.Count == 1);

    /// <summary>The guest, compute, block storage and the storage hosts agree on who has what.</summary>
    private static async Task HasAsync(TestCloud cloud, string had, string free)
    {
        Assert.Equal(("in-use", "available"), (await StatusAsync(cloud, had), await StatusAsync(cloud, free)));
        var disks = cloud.Hosts.SelectMany(host => host.Metal.Guests.Values).SelectMany(g => g.Spec.Volumes ?? []);
        var disk = Assert.Single(disks);
        Assert.Equal((had, "/dev/vdb"), ($"{disk.Volume}", disk.Device));
        Assert.Equal([had], await ListAsync(cloud, "SELECT volume_id FROM server_volumes"));
        Assert.Equal([$"{disk.Attachment}"], await ListAsync(cloud, "SELECT attachment_id FROM server_volumes"));
        Assert.Equal([$"{disk.Attachment}"], await ListAsync(cloud, "SELECT id FROM volume_attachments"));
        var exports = cloud.Hosts.SelectMany(host => host.Metal.Volumes.Values).SelectMany(v => v.Exports.Keys);
        Assert.Equal([$"{disk.Attachment}"], exports);
        Assert.All(cloud.Hosts, host => Assert.All(host.Metal.Guests.Values, guest => Assert.Empty(guest.Mirrors)));
    }

    private static Task<IReadOnlyList<string>> ListAsync(TestCloud cloud, string sql) =>
        cloud.Store.ReadAsync(tx => tx.ListAsync<string>(sql));

    private static async Task<string> StatusAsync(TestCloud cloud, string volume) =>
        (await cloud.GetAsync($"{Volumes}/{volume}", cloud.Demo)).Must(200).Text("volume", "status");
}
