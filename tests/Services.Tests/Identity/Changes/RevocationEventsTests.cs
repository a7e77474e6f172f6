using System.Text.Json;

namespace Pipeline.Services.Tests.Identity.Changes;

public sealed class RevocationEventsTests
{
    /// <summary>What takes from a user what their tokens rest on, other than by the user's own role, account or password.</summary>
    public static TheoryData<string, bool> Ends =>
        new MatrixTheoryData<string, bool>(
            [
                "the group loses its role",
                "the user leaves the group",
                "the trust is deleted",
                "the credential is deleted",
            ],
            [false, true]
        );

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task What_a_token_rests_on_ends_it_within_a_second_on_every_functions_host(string why, bool postgres)
    {
        await using var world = await IdentityWorld.StartAsync(postgres: postgres);
        var (host, other, admin) = (world.Host, world.NewHost(), await world.Host.AdminAsync());
        var (user, project) = (await host.NewUserAsync(admin, "u", "secret"), await host.NewProjectAsync(admin, "p"));
        var group = (await host.PostAsync("groups", admin, """{"group":{"name":"g"}}""")).Id("group");
        var role = await host.IdAsync("roles", "member", admin);
        var (grant, member) = ($"projects/{project}/groups/{group}/roles/{role}", $"groups/{group}/users/{user}");
        await host.PutAsync(grant, admin);
        await host.PutAsync(member, admin);
        var own = (await host.LoginAsync("u", "secret", "p")).Token;
        var (path, token) = why switch
        {
            "the group loses its role" => (grant, own),
            "the user leaves the group" => (member, own),
            "the trust is deleted" => await TrustAsync(world, user, project, own),
            _ => await CredentialAsync(world, user, own),
        };
        Assert.True(await other.HoldsAsync(token));
        var seen = await host.DeleteAsync(path, token == own ? admin : own);
        Assert.Equal(204, seen.Status);
        Assert.False(await host.HoldsAsync(token));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await other.HoldsAsync(token));
    }

    [Fact]
    public async Task Revocations_that_live_are_listed_for_services_and_admins()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var user = await host.NewUserAsync(admin, "u", "secret");
        await host.PatchAsync($"users/{user}", admin, """{"user":{"enabled":false}}""");
        world.Time.Advance(TimeSpan.FromMinutes(1));
        var project = await host.NewProjectAsync(admin, "p");
        await host.PatchAsync($"projects/{project}", admin, """{"project":{"enabled":false}}""");
        var all = await EventsAsync(host, admin, "");
        Assert.Equal([user, project], all.Select(one => Text(one, "user_id") ?? Text(one, "project_id")));
        Assert.Equal("2030-01-01T00:00:00.000000Z", Text(all[0], "issued_before"));
        var late = await EventsAsync(host, admin, "?since=2030-01-01T00:00:30Z");
        Assert.Equal(project, Text(Assert.Single(late), "project_id"));
        Assert.Equal(403, (await host.GetAsync("OS-REVOKE/events", await host.DemoAsync())).Status);
    }

    private static async Task<List<JsonElement>> EventsAsync(IdentityHost host, string admin, string query)
    {
        var seen = await host.GetAsync($"OS-REVOKE/events{query}", admin);
        Assert.Equal(200, seen.Status);
        return [.. seen.Json.GetProperty("events").EnumerateArray()];
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static async Task<(string Path, string Token)> TrustAsync(
        IdentityWorld world,
        string user,
        string project,
        string own
    )
    {
        var host = world.Host;
        var demo = await host.IdAsync("users", "demo", await host.AdminAsync());
        var trust = await host.PostAsync(
            "OS-TRUST/trusts",
            own,
            $$$"""
            {"trust":{"trustor_user_id":"{{{user}}}","trustee_user_id":"{{{demo}}}","project_id":"{{{project}}}",
            "impersonation":false,"roles":[{"name":"member"}]}}
            """
        );
        var login = IdentityHost
            .Login("demo", world.Passwords.Demo, null)
            .Replace("\"unscoped\"", $$$"""{"OS-TRUST:trust":{"id":"{{{trust.Id("trust")}}}"} }""");
        return ($"OS-TRUST/trusts/{trust.Id("trust")}", (await host.PostAsync("auth/tokens", null, login)).Token);
    }

    private static async Task<(string Path, string Token)> CredentialAsync(IdentityWorld world, string user, string own)
    {
        var host = world.Host;
        var made = await host.PostAsync(
            $"users/{user}/application_credentials",
            own,
            """{"application_credential":{"name":"c","secret":"s"}}"""
        );
        var id = made.Id("application_credential");
        var login = $$$"""
            {"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"{{{id}}}","secret":"s"} } } }
            """;
        return ($"users/{user}/application_credentials/{id}", (await host.PostAsync("auth/tokens", null, login)).Token);
    }
}
