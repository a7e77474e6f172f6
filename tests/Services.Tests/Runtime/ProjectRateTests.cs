using System.Globalization;
using Pipeline.Services.Tests.Identity;
using Pipeline.Testing.Edge;

namespace Pipeline.Services.Tests.Runtime;

/// <summary>Rate limits as an operator sets them, over all services. Buckets fill by the machine's clock: what waits for it has a bound.</summary>
public sealed class ProjectRateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_project_that_sends_too_much_is_429_in_each_services_words_and_others_are_not()
    {
        await using var cloud = await WholeCloud.StartAsync(HostJson(tokens: 6, period: "01:00:00"));
        var (admin, demo, _) = await cloud.LoginAsync();
        string[] paths =
        [
            "compute/v2.1/flavors",
            "network/v2.0/networks",
            "image/v2/images",
            "identity/v3/auth/tokens/nowhere",
            "identity/v3/auth/projects",
            "network/v2.0/nowhere",
        ];
        foreach (var path in paths)
            Assert.NotEqual(429, (await cloud.GetAsync(path, demo)).Status);
        // Two routes that do not exist took nothing.
        await cloud.GetAsync("compute/v2.1/limits", demo);
        await cloud.GetAsync("compute/v2.1/os-keypairs", demo);
        const string words = "This request was rate-limited. Try again in 3600 s.";
        (string Path, string Body)[] refusals =
        [
            ("compute/v2.1/flavors", $$$"""{"overLimit":{"code":429,"message":"{{{words}}}","retryAfter":"3600"}}"""),
            (
                "network/v2.0/networks",
                $$$"""{"NeutronError":{"type":"HTTPTooManyRequests","message":"{{{words}}}","detail":""}}"""
            ),
            (
                "image/v2/images",
                $$$"""{"message":"{{{words}}}","code":"429 Too Many Requests","title":"Too Many Requests"}"""
            ),
            (
                "identity/v3/auth/projects",
                $$$"""{"error":{"code":429,"title":"Too Many Requests","message":"{{{words}}}"}}"""
            ),
        ];
        foreach (var (path, body) in refusals)
        {
            var refused = await cloud.GetAsync(path, demo);
            Assert.Equal((429, body), (refused.Status, refused.Body));
            Assert.Equal(TimeSpan.FromHours(1), refused.Headers.RetryAfter?.Delta);
        }
        Assert.Equal(200, (await cloud.GetAsync("compute/v2.1/flavors", admin)).Status);
        await cloud.LoginAsync(); // who has no token yet is not counted
    }

    [Fact]
    public async Task After_a_while_it_may_go_on()
    {
        await using var cloud = await WholeCloud.StartAsync(HostJson(tokens: 2, period: "00:00:00.5"));
        var (_, demo, _) = await cloud.LoginAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => cloud.GetAsync("image/v2/images", demo)));
        Assert.Contains(all, answer => answer.Status == 200);
        Assert.All(
            all.Where(answer => answer.Status != 200),
            answer => Assert.Equal((429, TimeSpan.FromSeconds(1)), (answer.Status, answer.Headers.RetryAfter?.Delta))
        );
        using var late = new CancellationTokenSource(Patience, MachineTime.Clock);
        while ((await cloud.GetAsync("image/v2/images", demo)).Status == 429)
            await Task.Delay(TimeSpan.FromMilliseconds(50), MachineTime.Clock, late.Token);
    }

    [Fact]
    public async Task Two_hundred_requests_at_once_of_one_project_take_what_its_bucket_holds()
    {
        await using var cloud = await WholeCloud.StartAsync(HostJson(tokens: 10, period: "01:00:00"));
        var (_, demo, _) = await cloud.LoginAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => cloud.GetAsync("image/v2/images", demo)));
        Assert.Equal((10, 190), (all.Count(one => one.Status == 200), all.Count(one => one.Status == 429)));
    }

    private static string HostJson(int tokens, string period) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            { "version": "2.0", "extensions": { "http": { "rateLimit":
              { "tokenLimit": {{tokens}}, "replenishmentPeriod": "{{period}}" } } } }
            """
        );
}
