using System.Text;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>What is wrong, too much or another's is refused, and nothing is written.</summary>
public sealed class Requests_are_refused
{
    private const string Nowhere = "11111111-2222-4333-8444-555555555555";
    private const string Servers = "/compute/v2.1/servers";

    [Fact]
    public void An_unknown_image_flavor_or_network_is_400_and_nothing_is_written() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var orchestrations = await CountAsync(cloud);
            string[] orders =
            [
                cloud.ServerOrder(image: Nowhere),
                cloud.ServerOrder(flavor: "unknown"),
                cloud.ServerOrder(network: Nowhere),
                """{"server": {"name": "one"}}""",
                "{",
            ];
            foreach (var order in orders)
                (await cloud.PostAsync(Servers, order, cloud.Demo)).Must(400);
            await cloud.IdleAsync();
            Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
            Assert.Equal(orchestrations, await CountAsync(cloud));
        });

    [Fact]
    public void More_than_the_quota_is_403_and_nothing_is_written() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            for (var i = 0; i < 10; i++)
                await cloud.CreateServerAsync($"server-{i}");
            await cloud.IdleAsync();
            var full = await cloud.ResourcesAsync();
            var refused = (await cloud.PostAsync(Servers, cloud.ServerOrder(), cloud.Demo)).Must(403);
            Assert.Contains("Quota exceeded for instances", refused.Body, StringComparison.Ordinal);
            await cloud.IdleAsync();
            Assert.Equal(full.ToString(), (await cloud.ResourcesAsync()).ToString());
        });

    [Fact]
    public void Another_projects_server_does_not_exist() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            var stranger = await cloud.AddUserAsync("stranger");
            (await cloud.GetAsync($"{Servers}/{id}", stranger)).Must(404);
            (await cloud.DeleteAsync($"{Servers}/{id}", stranger)).Must(404);
            (await cloud.PostAsync($"{Servers}/{id}/action", """{"os-stop": null}""", stranger)).Must(404);
            Assert.Equal(
                0,
                (await cloud.GetAsync($"{Servers}/detail", stranger))
                    .Must(200)
                    .Json.GetProperty("servers")
                    .GetArrayLength()
            );
            await Journey.LivesAsync(cloud, id);
        });

    [Fact]
    public void A_wrong_an_expired_and_no_token_are_401() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var token = await cloud.TokenAsync(cloud.Demo);
            Assert.Equal(200, await GetWithAsync(cloud, token));
            var wrong = token[..^1] + (token[^1] == 'A' ? 'B' : 'A');
            Assert.Equal(401, await GetWithAsync(cloud, wrong));
            Assert.Equal(401, await GetWithAsync(cloud, "nonsense"));
            (await cloud.GetAsync(Servers, null)).Must(401);
            await cloud.PassAsync(TimeSpan.FromMinutes(61));
            Assert.Equal(401, await GetWithAsync(cloud, token));
        });

    [Fact]
    public void A_body_over_its_limit_is_413() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var body = Encoding.UTF8.GetBytes($$$"""{"server": {"name": "{{{new string('x', 5 << 20)}}}"}}""");
            var request = new CloudRequest("POST", Servers, body)
            {
                Headers = { ["X-Auth-Token"] = await cloud.TokenAsync(cloud.Demo) },
            };
            (await cloud.SendAsync(request, TestContext.Current.CancellationToken)).Must(413);
        });

    private static async Task<int> GetWithAsync(TestCloud cloud, string token)
    {
        var request = new CloudRequest("GET", Servers, []) { Headers = { ["X-Auth-Token"] = token } };
        return (await cloud.SendAsync(request, TestContext.Current.CancellationToken)).Status;
    }

    private static Task<long> CountAsync(TestCloud cloud) =>
        cloud.Store.ReadAsync(async tx => await tx.ScalarAsync<long>("SELECT COUNT(*) FROM instances"));
}
