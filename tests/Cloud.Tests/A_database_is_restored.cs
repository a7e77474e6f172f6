using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>A database from before does not know what was made since. Its sweeps take nothing away until an operator has looked.</summary>
public sealed class A_database_is_restored
{
    private const string Quarantine = "/hosts/v1/quarantine";

    [Fact]
    public void Sweeps_only_report_until_an_operator_releases_them() =>
        TestCloud.Run(async cloud =>
        {
            var (kept, lost, old) = await RestoredAsync(cloud);
            var host = cloud.Hosts[0];
            old.PutOn(host);
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            await cloud.PassAsync(TimeSpan.FromMinutes(15));
            Assert.True(old.AreOn(host));
            Assert.True(host.Metal.Guests.ContainsKey(lost));
            Assert.Equal("ACTIVE", await cloud.StatusAsync(kept)); // deleted since the copy: reported, not judged
            var state = (await cloud.GetAsync(Quarantine, cloud.Admin)).Must(200);
            Assert.Equal("True", state.Text("reports_only"));
            Assert.Equal("2", state.Text("line"));
            Assert.Contains(lost, state.Body, StringComparison.Ordinal);
            Assert.Contains($"{old.Guest.Spec.Id}", state.Body, StringComparison.Ordinal);

            (await cloud.PostAsync($"{Quarantine}/release", "", cloud.Demo)).Must(403);
            (await cloud.PostAsync($"{Quarantine}/release", "", cloud.Admin)).Must(204);
            (await cloud.PostAsync($"{Quarantine}/release", "", cloud.Admin)).Must(204);
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            Assert.False(host.Metal.Guests.ContainsKey($"{old.Guest.Spec.Id}")); // recorded as removed: reclaimed
            Assert.True(host.Metal.Guests.ContainsKey(lost)); // unknown: still waits for a word
            Assert.Equal("ERROR", await cloud.StatusAsync(kept));
        });

    [Fact]
    public void An_operator_may_delete_what_is_in_quarantine_before_the_release() =>
        TestCloud.Run(async cloud =>
        {
            var (_, lost, _) = await RestoredAsync(cloud);
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            foreach (var item in await A_host_holds_what_it_should_not.ListAsync(cloud))
                await cloud.PostAsync($"{Quarantine}/{item.Id}/delete", "", cloud.Admin);
            await cloud.IdleAsync();
            Assert.False(cloud.Hosts[0].Metal.Guests.ContainsKey(lost));
            Assert.False(cloud.Hosts[0].Metal.Disks.ContainsKey(lost));
        });

    /// <summary>Its epochs are lower than those its hosts have seen: without a line of its own no order would be obeyed.</summary>
    [Fact]
    public void The_cloud_works_on_in_a_new_line() =>
        TestCloud.Run(async cloud =>
        {
            var (kept, _, _) = await RestoredAsync(cloud);
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            var id = await cloud.CreateServerAsync("three");
            await cloud.DeleteServerAsync(kept);
            await cloud.IdleAsync();
            Assert.Equal("ACTIVE", await cloud.StatusAsync(id));
            Assert.Equal("GONE", await cloud.StatusAsync(kept));
            Assert.Equal(2, await A_host_holds_what_it_should_not.LineAsync(cloud));
        });

    [Fact]
    public void Restored_twice_from_the_same_copy_it_begins_a_third_line() =>
        TestCloud.Run(async cloud =>
        {
            await RestoredAsync(cloud);
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            await cloud.CreateServerAsync("three");
            await cloud.IdleAsync();
            await cloud.RestoreStoreAsync();
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            Assert.Equal(3, await A_host_holds_what_it_should_not.LineAsync(cloud));
        });

    /// <summary>By the time a host is heard the restored database may have gone on beyond what it had forgotten.</summary>
    [Fact]
    public void It_is_noticed_also_when_its_history_has_grown_past_the_hosts() =>
        TestCloud.Run(async cloud =>
        {
            await RestoredAsync(cloud, before: () => cloud.Hosts[0].KillAgentAsync());
            for (var i = 0; i < 30; i++)
                await cloud.AddNetworkAsync($"later-{i}", "10.9.0.0/24", cloud.Demo);
            cloud.Hosts[0].StartAgent();
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            Assert.Equal(2, await A_host_holds_what_it_should_not.LineAsync(cloud));
        });

    [Fact]
    public void A_restart_without_a_restore_begins_no_line() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            await cloud.SaveStoreAsync();
            await cloud.RestoreStoreAsync();
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            Assert.Equal(1, await A_host_holds_what_it_should_not.LineAsync(cloud));
            Assert.Empty(await A_host_holds_what_it_should_not.ListAsync(cloud));
        });

    /// <returns>A server that the copy has though it was deleted since; one that it lacks; what one left that was deleted before.</returns>
    private static async Task<(string Kept, string Lost, Leftovers Old)> RestoredAsync(
        TestCloud cloud,
        Func<Task>? before = null
    )
    {
        await Journey.FurnishedAsync(cloud);
        var first = await cloud.CreateServerAsync("old");
        await cloud.IdleAsync();
        var old = Leftovers.Of(cloud.Hosts[0], first);
        await cloud.DeleteServerAsync(first);
        await cloud.IdleAsync();
        var kept = await cloud.CreateServerAsync("kept");
        await cloud.IdleAsync();
        await cloud.SaveStoreAsync();
        await cloud.PassAsync(TimeSpan.FromMinutes(1));
        var lost = await cloud.CreateServerAsync("lost");
        await cloud.DeleteServerAsync(kept);
        await cloud.IdleAsync();
        if (before is not null)
            await before();
        await cloud.RestoreStoreAsync();
        return (kept, lost, old);
    }
}
