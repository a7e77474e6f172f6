using System.Text.Json.Nodes;

namespace Pipeline.Services.Tests.Identity.Signatures;

public sealed class SignatureLoginTests
{
    [Fact]
    public async Task A_right_signature_is_answered_with_a_token_of_the_key_pairs_project()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        foreach (var signed in (JsonObject[])[stage.Signer.Version2(), stage.Signer.Version4()])
        {
            var seen = await stage.AskAsync("ec2tokens", signed);
            Assert.Equal(200, seen.Status);
            var token = seen.Json.GetProperty("token");
            Assert.Equal("demo", token.GetProperty("project").GetProperty("name").GetString());
            Assert.Equal("ec2credential", token.GetProperty("methods")[0].GetString());
            var caller = await world.Host.CallerAsync(seen.Token);
            Assert.Equal("demo", caller!.UserName);
            Assert.Contains("member", caller.Roles);
        }
        (await stage.AskAsync("ec2tokens", stage.Signer.Version4())).Matches("signatures/ec2.200.json");
    }

    [Fact]
    public async Task A_store_learns_whose_request_it_has_and_gets_no_token()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        foreach (var signed in (JsonObject[])[stage.Signer.Store(), stage.Signer.Store(first: true)])
        {
            var seen = await stage.AskAsync("s3tokens", signed);
            Assert.Equal(200, seen.Status);
            Assert.Equal("", seen.Token);
            var user = seen.Json.GetProperty("token").GetProperty("user");
            Assert.Equal("demo", user.GetProperty("name").GetString());
            signed["signature"] = "x" + signed["signature"];
            Assert.Equal(401, (await stage.AskAsync("s3tokens", signed)).Status);
        }
    }

    [Fact]
    public async Task Only_services_and_admins_may_ask()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, stage) = (world.Host, await Stage.SetAsync(world));
        var body = Signer.Body(stage.Signer.Version4());
        Assert.Equal(401, (await host.PostAsync("ec2tokens", null, body)).Status);
        Assert.Equal(403, (await host.PostAsync("ec2tokens", await host.DemoAsync(), body)).Status);
        Assert.Equal(403, (await host.PostAsync("s3tokens", await host.DemoAsync(), body)).Status);
        await host.PostAsync("roles", stage.Admin, """{"role":{"name":"service"}}""");
        var (user, project) = (
            await host.NewUserAsync(stage.Admin, "heat", "secret"),
            await host.NewProjectAsync(stage.Admin, "service")
        );
        await host.GrantAsync(stage.Admin, project, user, "service");
        var service = (await host.LoginAsync("heat", "secret", "service")).Token;
        Assert.Equal(200, (await host.PostAsync("ec2tokens", service, body)).Status);
    }

    [Fact]
    public async Task Whatever_is_wrong_with_a_signature_is_the_same_refusal()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var signer = stage.Signer;
        var wrong = (signer with { Secret = "another" }).Version4();
        var (unsigned, without, old) = (signer.Version4(), signer.Version4(), signer.Version2());
        unsigned["headers"]!.AsObject().Remove("Authorization");
        without.Remove("signature");
        old["params"]!["SignatureVersion"] = "1";
        JsonObject[] all =
        [
            wrong,
            unsigned,
            without,
            old,
            (signer with { Access = "nobody" }).Version4(),
            (signer with { Access = "nobody" }).Version2(),
            Changed(signer.Version4(), "path", "/elsewhere"),
            Changed(signer.Version4(), "verb", "GET"),
            Changed(signer.Version4(), "body_hash", new string('0', 64)),
            signer.Version2(timestamp: "yesterday"),
            new() { ["access"] = signer.Access },
        ];
        var messages = new HashSet<string>();
        foreach (var one in all)
        {
            var seen = await stage.AskAsync("ec2tokens", one);
            Assert.True(seen.Status == 401, $"{one} is answered {seen.Status}");
            messages.Add(seen.Message);
        }
        Assert.Single(messages);
    }

    [Theory]
    [InlineData(15, 200)]
    [InlineData(16, 401)]
    [InlineData(-15, 200)]
    [InlineData(-16, 401)]
    public async Task A_signature_is_good_for_a_quarter_of_an_hour(int minutes, int status)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var signer = stage.Signer with { Now = world.Time.GetUtcNow() - TimeSpan.FromMinutes(minutes) };
        Assert.Equal(status, (await stage.AskAsync("ec2tokens", signer.Version4())).Status);
        Assert.Equal(status, (await stage.AskAsync("ec2tokens", signer.Version2())).Status);
    }

    [Fact]
    public async Task A_host_may_be_signed_without_its_port()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        Assert.Equal(200, (await stage.AskAsync("ec2tokens", stage.Signer.Version2(host: "ec2.example"))).Status);
    }

    [Theory]
    [InlineData("the key pair is deleted")]
    [InlineData("the credential is deleted")]
    [InlineData("the user is disabled")]
    [InlineData("the role is taken")]
    [InlineData("the project is disabled")]
    public async Task A_token_by_a_signature_ends_with_what_it_rests_on(string why)
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, other, stage) = (world.Host, world.NewHost(), await Stage.SetAsync(world));
        var token = (await stage.AskAsync("ec2tokens", stage.Signer.Version4())).Token;
        Assert.True(await other.HoldsAsync(token));
        await stage.EndAsync(why);
        Assert.False(await host.HoldsAsync(token));
        Assert.Equal(401, (await stage.AskAsync("ec2tokens", stage.Signer.Version4())).Status);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await other.HoldsAsync(token));
    }

    [Fact]
    public async Task A_token_by_a_signature_is_no_login_to_identity()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, stage) = (world.Host, await Stage.SetAsync(world));
        var token = (await stage.AskAsync("ec2tokens", stage.Signer.Version4())).Token;
        Assert.Equal(403, (await host.GetAsync("auth/projects", token)).Status);
        Assert.Equal(403, (await host.PostAsync("credentials", token, "{}")).Status);
        Assert.Equal(403, (await host.RescopeAsync(token, null)).Status);
        Assert.Equal(200, (await host.SubjectAsync("GET", stage.Admin, token)).Status); // services look at it
    }

    private static JsonObject Changed(JsonObject credentials, string key, string value)
    {
        credentials[key] = value;
        return credentials;
    }

    private sealed record Stage(IdentityWorld World, string Admin, string User, string Project, Signer Signer)
    {
        public static async Task<Stage> SetAsync(IdentityWorld world)
        {
            var (host, admin) = (world.Host, await world.Host.AdminAsync());
            var (user, project) = (
                await host.IdAsync("users", "demo", admin),
                await host.IdAsync("projects", "demo", admin)
            );
            var body = $$$"""{"tenant_id":"{{{project}}}"}""";
            var made = await host.PostAsync($"users/{user}/credentials/OS-EC2", admin, body);
            var pair = made.Json.GetProperty("credential");
            var (access, secret) = (pair.GetProperty("access").GetString()!, pair.GetProperty("secret").GetString()!);
            return new(world, admin, user, project, new(access, secret, world.Time.GetUtcNow()));
        }

        public Task<Seen> AskAsync(string route, JsonObject credentials) =>
            World.Host.PostAsync(route, Admin, Signer.Body(credentials));

        public async Task EndAsync(string why)
        {
            var host = World.Host;
            var seen = why switch
            {
                "the key pair is deleted" => await host.DeleteAsync(
                    $"users/{User}/credentials/OS-EC2/{Signer.Access}",
                    Admin
                ),
                "the credential is deleted" => await host.DeleteAsync($"credentials/{await CredentialAsync()}", Admin),
                "the user is disabled" => await host.PatchAsync(
                    $"users/{User}",
                    Admin,
                    """{"user":{"enabled":false}}"""
                ),
                "the project is disabled" => await host.PatchAsync(
                    $"projects/{Project}",
                    Admin,
                    """{"project":{"enabled":false}}"""
                ),
                _ => await TakeRolesAsync(),
            };
            Assert.InRange(seen.Status, 200, 204);
        }

        private async Task<string> CredentialAsync() =>
            (await World.Host.GetAsync("credentials?type=ec2", Admin))
                .Json.GetProperty("credentials")[0]
                .GetProperty("id")
                .GetString()!;

        private async Task<Seen> TakeRolesAsync()
        {
            var seen = default(Seen);
            foreach (var name in (string[])["member", "reader"])
            {
                var role = await World.Host.IdAsync("roles", name, Admin);
                seen = await World.Host.DeleteAsync($"projects/{Project}/users/{User}/roles/{role}", Admin);
            }
            return seen!;
        }
    }
}
