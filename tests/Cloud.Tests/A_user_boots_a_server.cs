using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

public sealed class A_user_boots_a_server
{
    [Fact]
    public void It_becomes_ACTIVE_and_goes_away_without_a_trace() => Journey.Build(_ => { });

    [Fact]
    public void Nothing_of_a_build_goes_to_a_second_host() =>
        Journey.Build(_ => { }, options: new CloudOptions(Hosts: 3));

    [Fact]
    public void Two_functions_hosts_share_the_work() =>
        Journey.Build(_ => { }, options: new CloudOptions(FunctionsHosts: 2, Hosts: 2));

    [Fact]
    public void It_stops_starts_and_reboots() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            (await cloud.ActAsync(id, """{"os-stop": null}""")).Must(202);
            await cloud.IdleAsync();
            Assert.Equal("SHUTOFF", await cloud.StatusAsync(id));
            Assert.Equal("Off", cloud.Hosts[0].Metal.Guests[id].State.ToString());
            (await cloud.ActAsync(id, """{"os-start": null}""")).Must(202);
            await cloud.IdleAsync();
            (await cloud.ActAsync(id, """{"reboot": {"type": "HARD"}}""")).Must(202);
            await cloud.IdleAsync();
            await Journey.LivesAsync(cloud, id);
            await Journey.EndAsync(cloud, id, before);
        });

    /// <summary>What goes to a host by way of a blob: an order with as much user data as there may be.</summary>
    [Fact]
    public void Its_order_may_be_too_large_for_a_queue() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var order = cloud.ServerOrder("large");
            var end = $"\"user_data\": \"{Convert.ToBase64String(new byte[48_000])}\"}}}}";
            order = order[..order.LastIndexOf("\"user_data\"", StringComparison.Ordinal)] + end;
            var answer = (await cloud.PostAsync("/compute/v2.1/servers", order, cloud.Demo)).Must(202);
            var id = answer.Text("server", "id");
            await cloud.IdleAsync();
            await Journey.LivesAsync(cloud, id);
            await Journey.EndAsync(cloud, id, before);
        });

    [Fact]
    public void Its_console_is_asked_of_its_host() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync("speaker");
            await cloud.IdleAsync();
            var console = (await cloud.ActAsync(id, """{"os-getConsoleOutput": {}}""")).Must(200);
            Assert.Contains("speaker login:", console.Text("output"), StringComparison.Ordinal);
        });

    [Fact]
    public void With_no_host_that_fits_it_is_accepted_and_says_what_each_constraint_rejected() =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                var id = await cloud.CreateServerAsync(flavor: "huge");
                await cloud.IdleAsync();
                await Journey.FailedAsync(
                    cloud,
                    id,
                    "No valid host was found. Of 2 hosts: 2 rejected by memory",
                    before
                );
                await Journey.EndAsync(cloud, id, before);
            },
            options: new(Hosts: 2)
        );

    [Fact]
    public void A_host_that_is_away_gets_no_server() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            await cloud.Hosts[0].KillAgentAsync();
            await cloud.PassAsync(TimeSpan.FromMinutes(2));
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            await Journey.FailedAsync(cloud, id, "1 rejected by state (the host is down)", before);
            cloud.Hosts[0].StartAgent();
            await Journey.EndAsync(cloud, id, before);
        });
}
