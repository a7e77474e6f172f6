using System.Text.Json;
using Pipeline.Contracts.Hosts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>The sweep compares what hosts hold with what is recorded: it takes away what was removed, and nothing else.</summary>
public sealed class A_host_holds_what_it_should_not
{
    private const string Quarantine = "/hosts/v1/quarantine";
    private static readonly Guid Nobodys = new("99999999-9999-9999-9999-999999999999");

    [Fact]
    public void What_a_deleted_server_left_is_reclaimed() =>
        TestCloud.Run(async cloud =>
        {
            var (left, before) = await DeletedAsync(cloud);
            var host = cloud.Hosts[0];
            left.PutOn(host);
            await SweepAsync(cloud);
            await cloud.UntilAsync(() => Task.FromResult(host.Metal.Guests.Count == 0), "the guest is gone");
            await cloud.IdleAsync();
            await SweepAsync(cloud);
            Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
        });

    [Fact]
    public void Nobodys_things_are_quarantined_and_stay_until_an_operators_word() =>
        TestCloud.Run(async cloud =>
        {
            var (left, before) = await DeletedAsync(cloud);
            var host = cloud.Hosts[0];
            var nobodys = left.As(Nobodys, host.Cloud);
            nobodys.PutOn(host);
            await SweepAsync(cloud);
            await cloud.PassAsync(TimeSpan.FromMinutes(15));
            Assert.True(nobodys.AreOn(host));
            var listed = await ListAsync(cloud);
            Assert.Equal(["disk", "guest", "network", "port"], listed.Select(q => q.Kind).Order());
            Assert.All(listed, q => Assert.Contains("no record", q.Reason, StringComparison.Ordinal));
            (await cloud.GetAsync(Quarantine, cloud.Demo)).Must(403);
            (await cloud.PostAsync($"{Quarantine}/{listed[0].Id}/delete", "", cloud.Demo)).Must(403);
            foreach (var item in listed)
                (await cloud.PostAsync($"{Quarantine}/{item.Id}/delete", "", cloud.Admin)).Must(202);
            await cloud.IdleAsync();
            await SweepAsync(cloud);
            Assert.True(nobodys.AreGoneFrom(host) || host.Metal.Networks.Count == 0);
            Assert.Empty(await ListAsync(cloud));
            (await cloud.PostAsync($"{Quarantine}/{listed[0].Id}/delete", "", cloud.Admin)).Must(404);
            Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
        });

    [Fact]
    public void What_leaves_the_host_leaves_quarantine() =>
        TestCloud.Run(async cloud =>
        {
            var (left, _) = await DeletedAsync(cloud);
            var host = cloud.Hosts[0];
            left.As(Nobodys, host.Cloud).PutOn(host);
            await SweepAsync(cloud);
            Assert.Equal(4, (await ListAsync(cloud)).Count);
            host.Metal.Guests.Clear();
            host.Metal.Disks.Clear();
            host.Metal.Ports.Clear();
            host.Metal.Networks.Clear();
            await SweepAsync(cloud);
            Assert.Empty(await ListAsync(cloud));
        });

    [Fact]
    public void Another_clouds_things_are_neither_listed_nor_touched() =>
        TestCloud.Run(async cloud =>
        {
            var (left, _) = await DeletedAsync(cloud);
            var host = cloud.Hosts[0];
            var foreign = left.As(left.Guest.Spec.Id.Value, "another");
            foreign.PutOn(host);
            await SweepAsync(cloud);
            await cloud.PassAsync(TimeSpan.FromMinutes(15));
            Assert.True(foreign.AreOn(host));
            Assert.Empty(await ListAsync(cloud));
        });

    /// <summary>An agent that answers for another cloud is a mistake of its operator's, not a reason to clean up.</summary>
    [Fact]
    public void Holdings_that_say_another_cloud_change_nothing() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(10));
            var host = cloud.Hosts[0];
            await host.KillAgentAsync();
            await host.AskForSweepAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(5));
            var activity = await cloud.Store.ReadAsync(tx =>
                tx.ScalarAsync<string>("SELECT instance_id || '/' || generation || '/' || task_id FROM tasks")
            );
            var lies = new HostHoldings("another", [], [], [new(Nobodys)], [], [new(9, 99, "elsewhere")]);
            var text = JsonSerializer.Serialize(lies, ContractsJson.Default.HostHoldings);
            await host.AnswerAsync(new HostAnswer(activity!, 1, text, null, 0));
            host.StartAgent();
            await cloud.IdleAsync();
            Assert.Empty(await ListAsync(cloud));
            Assert.Equal(1, await LineAsync(cloud));
            Assert.Equal("ACTIVE", await cloud.StatusAsync(id));
        });

    [Fact]
    public void A_host_that_is_gone_is_swept_when_it_is_back() =>
        TestCloud.Run(async cloud =>
        {
            var (left, _) = await DeletedAsync(cloud);
            var host = cloud.Hosts[0];
            await host.KillAgentAsync();
            left.PutOn(host);
            await host.AskForSweepAsync();
            await cloud.PassAsync(TimeSpan.FromMinutes(15));
            Assert.True(left.AreOn(host));
            host.StartAgent();
            await cloud.PassAsync(TimeSpan.FromSeconds(5));
            await cloud.IdleAsync();
            Assert.True(left.AreGoneFrom(host));
        });

    internal static async Task SweepAsync(TestCloud cloud)
    {
        await cloud.PassAsync(TimeSpan.FromSeconds(30)); // what has just ended is left for later
        foreach (var host in cloud.Hosts)
            await cloud.InsistAsync(async () =>
            {
                await host.AskForSweepAsync();
                return new(204, "", new Dictionary<string, string>());
            });
        await cloud.IdleAsync();
    }

    internal static Task<long> LineAsync(TestCloud cloud) =>
        cloud.Store.ReadAsync(async tx => await tx.ScalarAsync<long>("SELECT line FROM cloud"));

    internal static async Task<IReadOnlyList<(string Id, string Kind, string Reason)>> ListAsync(TestCloud cloud) =>
        [
            .. (await cloud.GetAsync(Quarantine, cloud.Admin))
                .Must(200)
                .Json.GetProperty("quarantine")
                .EnumerateArray()
                .Select(q =>
                    (
                        q.GetProperty("id").GetString()!,
                        q.GetProperty("kind").GetString()!,
                        q.GetProperty("reason").GetString()!
                    )
                ),
        ];

    /// <summary>A server was built and deleted; what it had is kept aside.</summary>
    private static async Task<(Leftovers, Holdings)> DeletedAsync(TestCloud cloud)
    {
        var before = await Journey.FurnishedAsync(cloud);
        var id = await cloud.CreateServerAsync();
        await cloud.IdleAsync();
        var left = Leftovers.Of(cloud.Hosts[0], id);
        await cloud.DeleteServerAsync(id);
        await cloud.IdleAsync();
        await cloud.PassAsync(TimeSpan.FromSeconds(30));
        cloud.Faults.Begin();
        return (left, before);
    }
}
