using System.Globalization;
using System.Text.Json;

namespace Pipeline.Services.Tests.Identity.Auth;

/// <summary>Tokens got by tokens.</summary>
public sealed class DescentTests
{
    [Fact]
    public async Task A_child_names_its_parents_chain_and_both_methods()
    {
        await using var world = await IdentityWorld.StartAsync();
        var host = world.Host;
        var parent = await host.LoginAsync("demo", world.Passwords.Demo, null);
        var project = (await host.GetAsync("auth/projects", parent.Token)).Json.GetProperty("projects")[0];
        var child = await host.RescopeAsync(parent.Token, project.GetProperty("id").GetString());
        var grandchild = await host.RescopeAsync(child.Token, null);
        child.Matches("auth/issue-rescoped.201.json");
        Assert.Equal([Audit(child)[0], Audit(parent)[0]], Audit(child));
        Assert.Equal([Audit(grandchild)[0], Audit(parent)[0]], Audit(grandchild));
    }

    [Fact]
    public async Task A_token_that_does_not_hold_gets_no_other()
    {
        await using var world = await IdentityWorld.StartAsync();
        Assert.Equal(404, (await world.Host.RescopeAsync("nonsense", null)).Status);
        var token = await world.Host.DemoAsync();
        world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(404, (await world.Host.RescopeAsync(token, null)).Status);
    }

    [Fact]
    public async Task A_password_and_a_token_of_different_users_do_not_go_together()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        var body = IdentityHost
            .Login("demo", world.Passwords.Demo, null)
            .Replace("[\"password\"]", $$$"""["password","token"],"token":{"id":"{{{admin}}}"}""");
        Assert.Equal(401, (await world.Host.PostAsync("auth/tokens", null, body)).Status);
    }

    [Fact]
    public async Task When_a_token_is_ended_all_that_were_got_by_it_end_and_no_others()
    {
        await using var world = await IdentityWorld.StartAsync();
        var host = world.Host;
        var line = new List<string> { (await host.LoginAsync("demo", world.Passwords.Demo, null)).Token };
        for (var depth = 0; depth < 9; depth++)
            line.Add((await host.RescopeAsync(line[^1], null)).Token);
        var sibling = (await host.RescopeAsync(line[0], null)).Token;
        Assert.Equal(204, (await host.SubjectAsync("DELETE", line[0], line[3])).Status);
        foreach (var (token, depth) in line.Select((token, depth) => (token, depth)))
            Assert.Equal(depth < 3, await host.HoldsAsync(token));
        Assert.True(await host.HoldsAsync(sibling));
        Assert.Equal(201, (await host.RescopeAsync(line[0], null)).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_child_never_reaches_further_than_its_user_nor_lives_longer_than_its_parents(int seed)
    {
        await using var world = await IdentityWorld.StartAsync(seed);
        await new Lineage(world).RunAsync(steps: 80);
    }

    private static List<string> Audit(Seen login) =>
        [.. login.Json.GetProperty("token").GetProperty("audit_ids").EnumerateArray().Select(id => id.GetString()!)];

    /// <summary>A random life: logins, tokens got by tokens, roles given and taken, tokens ended, time passing.</summary>
    private sealed class Lineage(IdentityWorld world)
    {
        private readonly List<Issued> tokens = [];
        private readonly HashSet<(string Project, string Role)> assigned = [];
        private readonly List<string> projects = [];
        private readonly string[] roles = ["reader", "member", "manager"];
        private string admin = "";
        private string user = "";

        private IdentityHost Host => world.Host;

        public async Task RunAsync(int steps)
        {
            admin = await Host.AdminAsync();
            user = await Host.NewUserAsync(admin, "u", "secret");
            foreach (var name in (string[])["a", "b", "c"])
                projects.Add(await Host.NewProjectAsync(admin, name));
            for (var step = 0; step < steps; step++)
            {
                await StepAsync(world.Randomness.Next(8));
                await CheckAsync();
            }
            Assert.Contains(tokens, token => token.Parent is not null);
        }

        private async Task StepAsync(int what)
        {
            switch (what)
            {
                case 0:
                    Keep(await Host.PostAsync("auth/tokens", null, IdentityHost.Login("u", "secret", null)), null);
                    break;
                case 1 or 2 or 3 when tokens.Count > 0:
                    var parent = tokens[world.Randomness.Next(tokens.Count)];
                    var scope = world.Randomness.Next(4) is var at && at < 3 ? projects[at] : null;
                    Keep(await Host.RescopeAsync(parent.Token, scope), parent);
                    break;
                case 4 or 5:
                    await AssignAsync();
                    break;
                case 6 when tokens.Count > 0:
                    var ended = tokens[world.Randomness.Next(tokens.Count)];
                    await EndAsync(ended);
                    break;
                default:
                    world.Time.Advance(TimeSpan.FromSeconds(world.Randomness.Next(600)));
                    admin = await Host.AdminAsync();
                    break;
            }
        }

        private async Task AssignAsync()
        {
            var change = (Project: projects[world.Randomness.Next(3)], Role: roles[world.Randomness.Next(3)]);
            var path =
                $"projects/{change.Project}/users/{user}/roles/{await Host.IdAsync("roles", change.Role, admin)}";
            if (assigned.Add(change))
            {
                Assert.Equal(204, (await Host.PutAsync(path, admin)).Status);
                return;
            }
            assigned.Remove(change);
            Assert.Equal(204, (await Host.DeleteAsync(path, admin)).Status);
        }

        private async Task EndAsync(Issued token)
        {
            var status = (await Host.SubjectAsync("DELETE", admin, token.Token)).Status;
            Assert.True(status is 204 or 404);
            token.Ended |= status == 204; // 404: it had ended already, by its roles or its time, and its children by theirs
        }

        private void Keep(Seen login, Issued? parent)
        {
            if (login.Status == 201)
                tokens.Add(Issued.Of(login, parent));
        }

        private async Task CheckAsync()
        {
            foreach (var token in tokens)
            {
                if (await Host.CallerAsync(token.Token) is not { } caller)
                    continue;
                Assert.False(token.Ended, "a token that was ended holds");
                Assert.True(world.Time.GetUtcNow() < token.Expires, "an expired token holds");
                for (var parent = token.Parent; parent is not null; parent = parent.Parent)
                {
                    Assert.True(token.Expires <= parent.Expires, "a child outlives its parent");
                    Assert.True(
                        await Host.HoldsAsync(parent.Token) || !parent.Ended,
                        "a child of an ended token holds"
                    );
                }
                Assert.All(caller.Roles, role => Assert.Contains(role, RolesOn(caller.ProjectId!.Value.Value)));
            }
        }

        // What the user's assignments amount to now.
        private IEnumerable<string> RolesOn(string project)
        {
            var best = assigned.Where(one => one.Project == project).Select(one => Array.IndexOf(roles, one.Role));
            return roles.Take(best.DefaultIfEmpty(-1).Max() + 1);
        }
    }

    private sealed record Issued(string Token, DateTimeOffset Expires, Issued? Parent)
    {
        public bool Ended { get; set; }

        public static Issued Of(Seen login, Issued? parent)
        {
            var expires = login.Json.GetProperty("token").GetProperty("expires_at").GetString()!;
            return new(login.Token, DateTimeOffset.Parse(expires, CultureInfo.InvariantCulture), parent);
        }
    }
}
