using System.Text.Json;

namespace Pipeline.Services.Tests.Identity.Auth;

/// <summary>
/// Random lives of one user, by every way to a token: a password, a token, an application credential, a trust; for a project, a domain,
/// the system or nothing; with roles of their own, of a group, inherited. After every step each token that holds is looked at.
/// </summary>
public sealed class ReachPropertyTests
{
    private static readonly string[] Ladder = ["reader", "member", "manager"]; // each implies those before it

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_token_reaches_further_than_its_user_or_parent_nor_lives_longer(int seed)
    {
        await using var world = await IdentityWorld.StartAsync(seed);
        await new Life(world).RunAsync(steps: 120);
    }

    private sealed class Life(IdentityWorld world)
    {
        private readonly List<Issued> tokens = [];
        private readonly List<Lent> lent = [];
        private readonly HashSet<(string Path, string Role)> given = [];
        private readonly HashSet<string> ways = [];
        private readonly Dictionary<string, string> roles = [];
        private (string Parent, string Child) projects;
        private string admin = "";
        private string user = "";
        private string trustee = "";
        private string group = "";
        private bool inGroup;

        private IdentityHost Host => world.Host;

        private string[] Places =>
            [
                $"projects/{projects.Parent}/users/{user}",
                $"projects/{projects.Child}/users/{user}",
                $"projects/{projects.Child}/groups/{group}",
                $"domains/default/users/{user}",
                $"system/users/{user}",
                $"OS-INHERIT/projects/{projects.Parent}/users/{user}",
                $"OS-INHERIT/domains/default/groups/{group}",
            ];

        public async Task RunAsync(int steps)
        {
            await SetAsync();
            for (var step = 0; step < steps || (ways.Count < 4 && step < 5 * steps); step++)
            {
                await StepAsync(world.Randomness.Next(13));
                foreach (var token in tokens)
                    await CheckAsync(token);
            }
            Assert.True(ways.Count >= 4, $"only {string.Join(", ", ways)} were met");
        }

        private async Task SetAsync()
        {
            admin = await Host.AdminAsync();
            user = await Host.NewUserAsync(admin, "u", "secret");
            trustee = await Host.NewUserAsync(admin, "t", "secret");
            group = (await Host.PostAsync("groups", admin, """{"group":{"name":"g"}}""")).Id("group");
            var parent = await Host.NewProjectAsync(admin, "parent");
            var child = await Host.PostAsync(
                "projects",
                admin,
                $$$"""{"project":{"name":"child","parent_id":"{{{parent}}}"} }"""
            );
            projects = (parent, child.Id("project"));
            foreach (var role in Ladder)
                roles[role] = await Host.IdAsync("roles", role, admin);
        }

        private async Task StepAsync(int what)
        {
            switch (what)
            {
                case < 3:
                    await GiveOrTakeAsync();
                    break;
                case 3:
                    inGroup = !inGroup;
                    var path = $"groups/{group}/users/{user}";
                    Assert.Equal(
                        204,
                        (inGroup ? await Host.PutAsync(path, admin) : await Host.DeleteAsync(path, admin)).Status
                    );
                    break;
                case 4 or 5:
                    Keep("password", await LoginAsync("u", ScopeText(Any(Scopes))), null, null);
                    break;
                case 6 or 7 when tokens.Count > 0:
                    var parent = Any(tokens);
                    var body = IdentityHost.Rescope(parent.Token, null).Replace("\"unscoped\"", ScopeText(Any(Scopes)));
                    Keep("token", await Host.PostAsync("auth/tokens", null, body), parent, parent.By);
                    break;
                case 8:
                    foreach (var token in Enumerable.Reverse(tokens).Take(8))
                        if (await LendAsync(token))
                            break;
                    break;
                case 9 or 11 when lent.Count > 0:
                    var by = Any(lent);
                    Keep(by.Way, await by.LoginAsync(), null, by);
                    break;
                case 10 when lent.Count > 0:
                    var over = Any(lent);
                    lent.Remove(over);
                    await Host.DeleteAsync(over.Path, await PlainAsync());
                    break;
                default:
                    world.Time.Advance(TimeSpan.FromSeconds(world.Randomness.Next(400)));
                    admin = await Host.AdminAsync();
                    break;
            }
        }

        private async Task GiveOrTakeAsync()
        {
            var (place, role) = (Any(Places), Any(Ladder));
            var path = $"{place}/roles/{roles[role]}{(place.StartsWith("OS") ? "/inherited_to_projects" : "")}";
            if (given.Add((place, role)))
            {
                Assert.Equal(204, (await Host.PutAsync(path, admin)).Status);
                return;
            }
            given.Remove((place, role));
            Assert.Equal(204, (await Host.DeleteAsync(path, admin)).Status);
            if (place.StartsWith("projects/") && place.EndsWith(user)) // what rests on it goes with it
                lent.RemoveAll(one => place.Contains(one.Project));
        }

        private async Task<bool> LendAsync(Issued with)
        {
            var caller = await Host.CallerAsync(with.Token);
            if (caller?.ProjectId is not { } project || caller.UserId.Value != user || caller.Restricted)
                return false;
            var role = caller.Roles[world.Randomness.Next(caller.Roles.Count)];
            var name = $"n{world.Randomness.Next(1_000_000)}";
            if (world.Randomness.Next(2) == 0)
            {
                var path = $"users/{user}/application_credentials";
                var body =
                    $$$"""{"application_credential":{"name":"{{{name}}}","secret":"s","roles":[{"name":"{{{role}}}"}]} }""";
                var id = (await Host.PostAsync(path, with.Token, body)).Id("application_credential");
                var proof = $$$"""
                    {"auth":{"identity":{"methods":["application_credential"],
                    "application_credential":{"id":"{{{id}}}","secret":"s"} } } }
                    """;
                lent.Add(
                    new(
                        "credential",
                        project.Value,
                        role,
                        $"{path}/{id}",
                        () => Host.PostAsync("auth/tokens", null, proof)
                    )
                );
                return true;
            }
            var trust = $$$"""
                {"trust":{"trustor_user_id":"{{{user}}}","trustee_user_id":"{{{trustee}}}","project_id":"{{{project}}}",
                "impersonation":{{{(
                    world.Randomness.Next(2) == 0 ? "true" : "false"
                )}}},"roles":[{"name":"{{{role}}}"}]} }
                """;
            var made = (await Host.PostAsync("OS-TRUST/trusts", with.Token, trust)).Id("trust");
            var scope = $$$"""{"OS-TRUST:trust":{"id":"{{{made}}}"} }""";
            lent.Add(new("trust", project.Value, role, $"OS-TRUST/trusts/{made}", () => LoginAsync("t", scope)));
            return true;
        }

        private void Keep(string way, Seen login, Issued? parent, Lent? by)
        {
            if (login.Status != 201)
                return;
            ways.Add(way);
            var token = login.Json.GetProperty("token");
            tokens.Add(
                new(
                    login.Token,
                    parent,
                    by,
                    ScopeOf(token),
                    RolesOf(token),
                    token.GetProperty("expires_at").GetString()!
                )
            );
        }

        private async Task CheckAsync(Issued token)
        {
            if (await Host.CallerAsync(token.Token) is not { } caller)
                return;
            Assert.Equal(token.Roles.Order(), caller.Roles.Order()); // what was issued does not grow
            Assert.Subset(Held(token.Scope), caller.Roles.ToHashSet());
            if (token.Parent is { } parent)
                Assert.True(string.CompareOrdinal(token.Expires, parent.Expires) <= 0);
            if (token.By is not { } by)
                return;
            Assert.Contains(by, lent);
            Assert.True(caller.Restricted);
            Assert.Equal(by.Project, caller.ProjectId!.Value.Value);
            Assert.Subset(Closure([by.Role]), caller.Roles.ToHashSet());
        }

        /// <summary>The roles that the user has there now, worked out apart from the service.</summary>
        private HashSet<string> Held(string scope)
        {
            string[] places =
                scope == projects.Parent ? [Places[0], .. Grouped(Places[6])]
                : scope == projects.Child ? [Places[1], .. Grouped(Places[2]), Places[5], .. Grouped(Places[6])]
                : scope == "domain" ? [Places[3]]
                : scope == "system" ? [Places[4]]
                : [];
            return Closure(given.Where(one => places.Contains(one.Path)).Select(one => one.Role));

            string[] Grouped(string place) => inGroup ? [place] : [];
        }

        private static HashSet<string> Closure(IEnumerable<string> assigned) =>
            [.. assigned.SelectMany(role => Ladder.Take(Array.IndexOf(Ladder, role) + 1))];

        private string[] Scopes => [projects.Parent, projects.Child, "domain", "system", ""];

        private string ScopeText(string scope) =>
            scope switch
            {
                "" => "\"unscoped\"",
                "domain" => """{"domain":{"id":"default"}}""",
                "system" => """{"system":{"all":true}}""",
                _ => $$$"""{"project":{"id":"{{{scope}}}"}}""",
            };

        private static string ScopeOf(JsonElement token) =>
            token.TryGetProperty("project", out var project) ? project.GetProperty("id").GetString()!
            : token.TryGetProperty("domain", out _) ? "domain"
            : token.TryGetProperty("system", out _) ? "system"
            : "";

        private static List<string> RolesOf(JsonElement token) =>
            token.TryGetProperty("roles", out var roles)
                ? [.. roles.EnumerateArray().Select(role => role.GetProperty("name").GetString()!)]
                : [];

        private Task<Seen> LoginAsync(string name, string scope) =>
            Host.PostAsync(
                "auth/tokens",
                null,
                IdentityHost.Login(name, "secret", null).Replace("\"scope\":\"unscoped\"", $"\"scope\":{scope}")
            );

        private async Task<string> PlainAsync() => (await LoginAsync("u", "\"unscoped\"")).Token;

        private T Any<T>(IReadOnlyList<T> of) => of[world.Randomness.Next(of.Count)];
    }

    private sealed record Lent(string Way, string Project, string Role, string Path, Func<Task<Seen>> LoginAsync);

    private sealed record Issued(
        string Token,
        Issued? Parent,
        Lent? By,
        string Scope,
        IReadOnlyList<string> Roles,
        string Expires
    );
}
