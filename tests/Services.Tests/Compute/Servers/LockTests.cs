using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class LockTests
{
    [Fact]
    public void A_locked_server_is_kept_as_it_is_until_it_is_unlocked() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                (await ActAsync(cloud, server, "lock", cloud.Demo)).Must(202);
                (await ActAsync(cloud, server, "os-stop", cloud.Demo)).Must(409);
                (await cloud.PostAsync($"{server}/action", """{"reboot":{"type":"HARD"}}""", cloud.Demo)).Must(409);
                (await cloud.PutAsync($"{server}/metadata", """{"metadata":{"a":"1"}}""", cloud.Demo)).Must(409);
                (await cloud.DeleteAsync(server, cloud.Demo)).Must(409);
                await cloud.IdleAsync();
                Assert.Equal("ACTIVE", (await cloud.GetAsync(server, cloud.Demo)).Text("server", "status"));
                (await ActAsync(cloud, server, "unlock", cloud.Demo)).Must(202);
                (await ActAsync(cloud, server, "unlock", cloud.Demo)).Must(202);
                (await ActAsync(cloud, server, "os-stop", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                Assert.Equal("SHUTOFF", (await cloud.GetAsync(server, cloud.Demo)).Text("server", "status"));
            }
        );

    [Fact]
    public void What_an_operator_has_locked_only_an_operator_unlocks() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                (await ActAsync(cloud, server, "lock", cloud.Admin)).Must(202);
                (await ActAsync(cloud, server, "lock", cloud.Demo)).Must(202);
                (await ActAsync(cloud, server, "unlock", cloud.Demo)).Must(403);
                (await ActAsync(cloud, server, "os-stop", cloud.Admin)).Must(202); // the lock does not bind an operator
                await cloud.IdleAsync();
                (await ActAsync(cloud, server, "os-start", cloud.Demo)).Must(409);
                (await ActAsync(cloud, server, "unlock", cloud.Admin)).Must(202);
                (await ActAsync(cloud, server, "os-start", cloud.Demo)).Must(202);
            }
        );

    [Fact]
    public void An_operator_says_what_a_server_shows_and_nothing_else_follows() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                const string error = """{"os-resetState":{"state":"error"}}""";
                (await cloud.PostAsync($"{server}/action", error, cloud.Demo)).Must(403);
                (await cloud.PostAsync($"{server}/action", """{"os-resetState":{"state":"x"}}""", cloud.Admin)).Must(
                    400
                );
                var before = await cloud.ResourcesAsync();
                (await cloud.PostAsync($"{server}/action", error, cloud.Admin)).Must(202);
                await cloud.IdleAsync();
                Assert.Equal("ERROR", (await cloud.GetAsync(server, cloud.Demo)).Text("server", "status"));
                Assert.Equal(before.WithoutServers, (await cloud.ResourcesAsync()).WithoutServers);
                (await cloud.DeleteAsync(server, cloud.Demo)).Must(204);
                await cloud.IdleAsync();
                (await cloud.GetAsync(server, cloud.Demo)).Must(404);
            }
        );

    private static Task<CloudAnswer> ActAsync(TestCloud cloud, string server, string action, CloudUser user) =>
        cloud.PostAsync($"{server}/action", $$"""{"{{action}}":null}""", user);
}
