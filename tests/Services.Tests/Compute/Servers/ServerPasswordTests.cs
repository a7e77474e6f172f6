using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class ServerPasswordTests
{
    private static readonly TimeSpan Reported = TimeSpan.FromSeconds(10);

    [Fact]
    public void What_a_guest_tells_is_shown_until_it_is_cleared_and_does_not_come_back() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                await IsAsync(cloud, server, "");
                var (host, id) = (cloud.Hosts[0], IdOf(server));
                host.TellPassword(id, "c2VjcmV0");
                await cloud.PassAsync(Reported);
                Assert.True(host.HasToldPassword(id));
                await IsAsync(cloud, server, "c2VjcmV0");
                (await cloud.DeleteAsync($"{server}/os-server-password", cloud.Demo)).Must(204);
                await IsAsync(cloud, server, "");
                await host.SendPasswordAsync(id, "c2VjcmV0"); // a confirmation was lost: it is sent again
                await IsAsync(cloud, server, "");
                (await cloud.DeleteAsync($"{server}/os-server-password", cloud.Demo)).Must(204);
            }
        );

    [Fact]
    public void It_outlives_the_agent_and_a_control_plane_that_is_away() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var (host, id) = (cloud.Hosts[0], IdOf(server));
                await cloud.KillFunctionsHostAsync();
                host.TellPassword(id, "c2VjcmV0");
                await cloud.PassAsync(Reported);
                Assert.False(host.HasToldPassword(id));
                await host.KillAgentAsync();
                host.StartAgent();
                await cloud.StartFunctionsHostAsync();
                await cloud.UntilAsync(() => Task.FromResult(host.HasToldPassword(id)), "it is told");
                await IsAsync(cloud, server, "c2VjcmV0");
            }
        );

    [Fact]
    public void Another_project_sees_and_clears_none() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                await cloud.Hosts[0].SendPasswordAsync(IdOf(server), "c2VjcmV0");
                var stranger = await cloud.AddUserAsync("stranger");
                (await cloud.GetAsync($"{server}/os-server-password", stranger)).Must(404);
                (await cloud.DeleteAsync($"{server}/os-server-password", stranger)).Must(404);
                await IsAsync(cloud, server, "c2VjcmV0");
            }
        );

    [Fact]
    public void Only_the_host_that_has_the_server_tells_and_only_what_is_one() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var host = cloud.Hosts[0];
                var nobody = await Assert.ThrowsAsync<Fault>(() =>
                    host.SendPasswordAsync(new ServerId(new Guid(1, 2, 3, new byte[8])), "x")
                );
                Assert.Equal(FaultCode.NotFound, nobody.Code);
                await cloud.Store.WriteAsync(tx =>
                    tx.ExecuteAsync("UPDATE servers SET host_id = '00000001-0002-0003-0000-000000000000'")
                );
                var moved = await Assert.ThrowsAsync<Fault>(() => host.SendPasswordAsync(IdOf(server), "x"));
                Assert.Equal(FaultCode.NotFound, moved.Code);
                foreach (var bad in (string[])["", new string('x', 256), new string('é', 128)])
                {
                    var refused = await Assert.ThrowsAsync<Fault>(() => host.SendPasswordAsync(IdOf(server), bad));
                    Assert.Equal(FaultCode.BadRequest, refused.Code);
                }
                await IsAsync(cloud, server, "");
            }
        );

    [Fact]
    public void It_lies_sealed_and_goes_with_its_server() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                await cloud.Hosts[0].SendPasswordAsync(IdOf(server), "c2VjcmV0");
                Assert.Equal(1, await CountAsync(cloud, "secrets WHERE owner LIKE '%/password'"));
                Assert.Equal(0, await CountAsync(cloud, "secrets WHERE sealed LIKE '%c2VjcmV0%'"));
                await cloud.DeleteServerAsync($"{IdOf(server)}");
                await cloud.IdleAsync();
                Assert.Equal(0, await CountAsync(cloud, "secrets WHERE owner LIKE 'server/%'"));
                Assert.Equal(0, await CountAsync(cloud, "server_passwords"));
            }
        );

    private static async Task IsAsync(TestCloud cloud, string server, string password) =>
        Assert.Equal(
            password,
            (await cloud.GetAsync($"{server}/os-server-password", cloud.Demo)).Must(200).Text("password")
        );

    private static ServerId IdOf(string server) => new(Guid.Parse(server[(server.LastIndexOf('/') + 1)..]));

    private static Task<long> CountAsync(TestCloud cloud, string rows) =>
        cloud.Store.ReadAsync(tx => tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {rows}"));
}
