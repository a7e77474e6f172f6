using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Identity;

public sealed class PolicyTests
{
    private static readonly string[] Public =
    [
        "GET /",
        "GET /identity",
        "GET /identity/v3",
        "POST /identity/v3/auth/tokens",
        "POST /identity/v3/users/{user_id}/password",
    ];

    [Fact]
    public async Task Every_route_but_the_public_ones_wants_a_token()
    {
        await using var world = await IdentityWorld.StartAsync();
        var open = new List<string>();
        foreach (var (method, path, _) in Routes(world))
        {
            var seen = await world.Host.SendAsync(method, Fill(path), body: "{}");
            if (seen.Status != 401)
                open.Add($"{method} {path}");
        }
        Assert.Equal(Public, open.Order());
    }

    [Fact]
    public async Task What_is_not_the_members_own_is_forbidden_to_a_member()
    {
        await using var world = await IdentityWorld.StartAsync();
        var demo = await world.Host.DemoAsync();
        var met = 0;
        foreach (var (method, path, require) in Routes(world))
        {
            if (require is not (nameof(Require.Admin) or nameof(Require.SystemReader) or "Rule"))
                continue;
            if (method == "GET" && path is "/identity/v3/credentials" or "/identity/v3/limits")
                continue; // everyone lists their own
            met++;
            var seen = await world.Host.SendAsync(method, Fill(path), demo, body: SomeBody);
            if (path.Contains("{trust_id}") || path.EndsWith("/auth/tokens"))
            {
                Assert.Equal(404, seen.Status); // as Keystone: a trust or token is looked for before it is asked whose it is
                continue;
            }
            Assert.True(seen.Status == 403, $"{method} {path}: {seen.Status}");
            if (method != "HEAD")
                Assert.StartsWith("You are not authorized to perform the requested action: identity:", seen.Message);
        }
        Assert.True(met > 20);
    }

    [Fact]
    public async Task The_sweeps_have_a_schedule_that_the_runtime_understands()
    {
        await using var world = await IdentityWorld.StartAsync();
        Assert.NotEmpty(world.Host.Services.GetServices<IHostedService>()); // made from the functions, or refused
    }

    private static IEnumerable<(string Method, string Path, string Require)> Routes(IdentityWorld world) =>
        world
            .Host.Get<RouteTable>()
            .Print()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(words => (words[0], words[1], words[3]));

    // A body that its reader takes, so that the rule is asked.
    private const string SomeBody = """
        {"user":{"name":"x"},"group":{"name":"x"},"project":{"name":"x"},"domain":{"name":"x"},"role":{"name":"x"},
        "service":{"type":"x"},"endpoint":{"url":"http://x"},"region":{"description":"x"},"tags":[],"tenant_id":"x",
        "credential":{"type":"x","blob":"x","user_id":"x"},"application_credential":{"name":"x"},
        "trust":{"trustor_user_id":"x","trustee_user_id":"x","project_id":"x","impersonation":true,"roles":[{"id":"x"}]}}
        """;

    private static string Fill(string path) =>
        Regex.Replace(path, @"\{\w+\}", "x", RegexOptions.None, TimeSpan.FromSeconds(1));
}
