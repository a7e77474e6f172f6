using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>A server shows what its guest does, as Nova's power sync has it.</summary>
public sealed class A_guest_ends_by_itself
{
    [Fact]
    public void A_guest_that_powers_off_is_SHUTOFF_at_once_and_starts_again() =>
        TestCloud.Run(async cloud =>
        {
            var (id, before) = await RunningAsync(cloud);
            cloud.Hosts[0].Metal.EndGuest(Of(id));
            await cloud.PassAsync(TimeSpan.FromSeconds(2));
            await cloud.IdleAsync();
            await IsOffAsync(cloud, id);
            (await cloud.ActAsync(id, """{"os-start": null}""")).Must(202);
            await cloud.IdleAsync();
            await Journey.LivesAsync(cloud, id);
            await Journey.EndAsync(cloud, id, before);
        });

    [Fact]
    public void One_that_ended_while_no_agent_lived_is_SHUTOFF_once_the_agent_is_back() =>
        TestCloud.Run(async cloud =>
        {
            var (id, _) = await RunningAsync(cloud);
            await cloud.Hosts[0].KillAgentAsync();
            cloud.Hosts[0].Metal.EndGuest(Of(id));
            cloud.Hosts[0].StartAgent();
            await cloud.PassAsync(TimeSpan.FromSeconds(5));
            await cloud.IdleAsync();
            await IsOffAsync(cloud, id);
        });

    [Fact]
    public void One_that_ended_while_no_functions_host_lived_is_SHUTOFF_once_one_is_back() =>
        TestCloud.Run(async cloud =>
        {
            var (id, _) = await RunningAsync(cloud);
            await cloud.KillFunctionsHostAsync();
            cloud.Hosts[0].Metal.EndGuest(Of(id));
            await cloud.PassAsync(TimeSpan.FromSeconds(30));
            await cloud.StartFunctionsHostAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(5));
            await cloud.IdleAsync();
            await IsOffAsync(cloud, id);
        });

    [Fact]
    public void One_whose_end_nobody_noticed_is_SHUTOFF_within_the_sweeps_interval() =>
        TestCloud.Run(async cloud =>
        {
            var (id, _) = await RunningAsync(cloud);
            var guest = cloud.Hosts[0].Metal.Guests[id];
            cloud.Hosts[0].Metal.Guests[id] = guest with { State = GuestState.Off };
            await cloud.PassAsync(TimeSpan.FromMinutes(6));
            await cloud.IdleAsync();
            await IsOffAsync(cloud, id);
        });

    /// <summary>It was active for a moment only: too short for the first sweep to judge, so another one follows soon.</summary>
    [Fact]
    public void One_that_powers_off_as_soon_as_it_runs_is_SHUTOFF_soon() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await cloud.UntilAsync(async () => await cloud.StatusAsync(id) == "ACTIVE", "it is ACTIVE");
            cloud.Hosts[0].Metal.EndGuest(Of(id));
            await cloud.PassAsync(TimeSpan.FromSeconds(100));
            await cloud.IdleAsync();
            await IsOffAsync(cloud, id);
        });

    [Fact]
    public void A_guest_that_is_not_there_any_more_is_an_ERROR_that_says_so_and_can_be_deleted() =>
        TestCloud.Run(async cloud =>
        {
            var (id, before) = await RunningAsync(cloud);
            cloud.Hosts[0].Metal.Guests.Remove(id);
            await A_host_holds_what_it_should_not.SweepAsync(cloud);
            var server = (await cloud.ServerAsync(id)).Must(200);
            Assert.Equal("ERROR", server.Text("server", "status"));
            Assert.Contains("not on its host", server.Text("server", "fault", "message"), StringComparison.Ordinal);
            await Journey.EndAsync(cloud, id, before);
        });

    /// <summary>What the host listed before a reboot came late must not be taken for what it has now.</summary>
    [Fact]
    public void A_late_list_of_a_stopped_guest_does_not_stop_the_started_server() =>
        TestCloud.Run(async cloud =>
        {
            var (id, _) = await RunningAsync(cloud);
            (await cloud.ActAsync(id, """{"os-stop": null}""")).Must(202);
            await cloud.IdleAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(30));
            cloud.Faults.Begin();
            cloud.Faults.Deliver(new(Where.Answer, nameof(ListHoldings)), TimeSpan.FromSeconds(60));
            await cloud.Hosts[0].AskForSweepAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(10));
            (await cloud.ActAsync(id, """{"os-start": null}""")).Must(202);
            await cloud.IdleAsync();
            Assert.Empty(cloud.Faults.Missed);
            await Journey.LivesAsync(cloud, id);
        });

    [Fact]
    public void A_late_list_from_before_a_build_does_not_miss_the_guest() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            cloud.Faults.Deliver(new(Where.Answer, nameof(ListHoldings)), TimeSpan.FromSeconds(60));
            await cloud.Hosts[0].AskForSweepAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(10));
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            Assert.Empty(cloud.Faults.Missed);
            await Journey.LivesAsync(cloud, id);
        });

    private static async Task<(string, Holdings)> RunningAsync(TestCloud cloud)
    {
        var before = await Journey.FurnishedAsync(cloud);
        var id = await cloud.CreateServerAsync();
        await cloud.IdleAsync();
        await cloud.PassAsync(TimeSpan.FromSeconds(30));
        return (id, before);
    }

    private static async Task IsOffAsync(TestCloud cloud, string id)
    {
        var server = (await cloud.ServerAsync(id)).Must(200);
        Assert.Equal("SHUTOFF", server.Text("server", "status"));
        Assert.Equal("4", server.Text("server", "OS-EXT-STS:power_state"));
        Assert.Equal("stopped", server.Text("server", "OS-EXT-STS:vm_state"));
    }

    private static ServerId Of(string id) => new(Guid.Parse(id));
}
