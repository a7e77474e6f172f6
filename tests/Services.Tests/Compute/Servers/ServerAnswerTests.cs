using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class ServerAnswerTests
{
    private const string Servers = StandingServer.Servers;

    [Fact]
    public void A_client_that_asks_for_the_reservation_gets_it_alone_and_finds_its_servers_by_it() =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            var order = With(cloud, "\"return_reservation_id\":true,\"min_count\":2");
            var answer = (await cloud.PostAsync(Servers, order, cloud.Demo)).Must(202);
            var reservation = Assert.Single(answer.Json.EnumerateObject());
            Assert.Equal("reservation_id", reservation.Name);
            var path = $"{Servers}?reservation_id={reservation.Value}";
            var found = (await cloud.GetAsync(path, cloud.Demo)).Must(200);
            Assert.Equal(2, found.Json.GetProperty("servers").GetArrayLength());
        });

    [Fact]
    public void Access_addresses_are_kept_in_their_canonical_spelling() =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            var order = With(cloud, "\"accessIPv6\":\"0000:0000:0000:0000:0000:babe:220.12.22.2\"");
            var id = (await cloud.PostAsync(Servers, order, cloud.Demo)).Must(202).Text("server", "id");
            Assert.Equal("::babe:dc0c:1602", (await cloud.ServerAsync(id)).Text("server", "accessIPv6"));
            (await cloud.PostAsync(Servers, With(cloud, "\"accessIPv4\":\"1\""), cloud.Demo)).Must(400);
        });

    [Fact]
    public void A_server_that_is_off_shows_no_progress() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                (await cloud.PostAsync($"{server}/action", """{"os-stop":null}""", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                var shown = (await cloud.GetAsync(server, cloud.Demo)).Must(200).Json.GetProperty("server");
                Assert.Equal("SHUTOFF", shown.GetProperty("status").GetString());
                Assert.False(shown.TryGetProperty("progress", out _));
            }
        );

    [Fact]
    public void An_action_that_is_none_is_400_where_the_server_is_and_404_where_it_is_not() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                const string action = """{"dance":{}}""";
                (await cloud.PostAsync($"{server}/action", action, cloud.Demo)).Must(400);
                (await cloud.PostAsync($"{server}/action", action, await cloud.AddUserAsync("stranger"))).Must(404);
                var gone = $"{Servers}/11111111-2222-4333-8444-555555555555/action";
                (await cloud.PostAsync(gone, action, cloud.Demo)).Must(404);
            }
        );

    [Fact]
    public void Version_documents_are_served_with_and_without_a_slash() =>
        TestCloud.Run(async cloud =>
        {
            foreach (var path in new[] { "", "/v2.1", "/v2" })
            {
                var document = (await cloud.GetAsync($"/compute{path}", null)).Must(200).Body;
                Assert.Equal(document, (await cloud.GetAsync($"/compute{path}/", null)).Must(200).Body);
            }
        });

    private static string With(TestCloud cloud, string field) =>
        cloud.ServerOrder().Replace("\"name\"", $"{field},\"name\"", StringComparison.Ordinal);
}
