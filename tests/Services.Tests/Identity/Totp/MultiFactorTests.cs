using System.Text.Json.Nodes;
using Pipeline.Identity.Totp;

namespace Pipeline.Services.Tests.Identity.Totp;

public sealed class MultiFactorTests
{
    private const string Secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    private const string Both = """[["password","totp"]]""";

    [Fact]
    public async Task A_code_is_a_login_of_its_own_and_works_once()
    {
        await using var world = await IdentityWorld.StartAsync();
        var user = await UserAsync(world);
        var code = CodeOf(world);
        var login = await LoginAsync(world, user, code: code);
        Assert.Equal(201, login.Status);
        Assert.Equal("""["totp"]""", login.Json.GetProperty("token").GetProperty("methods").GetRawText());
        Assert.Equal(401, (await LoginAsync(world, user, code: code)).Status);
        Assert.Equal(401, (await LoginAsync(world, user, code: CodeOf(world, -1))).Status); // older than one that was used
        world.Time.Advance(OneTimeCode.Step);
        Assert.Equal(201, (await LoginAsync(world, user, code: CodeOf(world))).Status);
    }

    [Theory]
    [InlineData(0, 201)]
    [InlineData(-1, 201)]
    [InlineData(-2, 401)]
    [InlineData(1, 401)]
    public async Task A_code_is_good_for_its_half_minute_and_the_next(int steps, int status)
    {
        await using var world = await IdentityWorld.StartAsync();
        var user = await UserAsync(world);
        Assert.Equal(status, (await LoginAsync(world, user, code: CodeOf(world, steps))).Status);
    }

    [Fact]
    public async Task After_five_wrong_codes_even_the_right_one_has_to_wait_for_the_next()
    {
        await using var world = await IdentityWorld.StartAsync();
        var user = await UserAsync(world);
        for (var i = 0; i < TotpCheck.MostWrong; i++)
            Assert.Equal(401, (await LoginAsync(world, user, code: "x")).Status);
        Assert.Equal(401, (await LoginAsync(world, user, code: CodeOf(world))).Status);
        world.Time.Advance(OneTimeCode.Step);
        Assert.Equal(201, (await LoginAsync(world, user, code: CodeOf(world))).Status);
    }

    [Fact]
    public async Task Whose_password_is_wrong_spoils_no_codes()
    {
        await using var world = await IdentityWorld.StartAsync();
        var user = await UserAsync(world);
        for (var i = 0; i < 2 * TotpCheck.MostWrong; i++)
            Assert.Equal(401, (await LoginAsync(world, user, "wrong", i % 2 == 0 ? "x" : CodeOf(world))).Status);
        Assert.Equal(201, (await LoginAsync(world, user, "secret", CodeOf(world))).Status);
    }

    [Fact]
    public async Task Rules_ask_for_more_by_a_receipt_and_take_the_rest_with_it()
    {
        await using var world = await IdentityWorld.StartAsync();
        var user = await UserAsync(world, Both);
        var first = await LoginAsync(world, user, "secret");
        first.Matches("totp/receipt.401.json");
        var receipt = first.Headers["Openstack-Auth-Receipt"].ToString();
        Assert.Equal("", first.Token);
        var whole = await LoginAsync(world, user, code: CodeOf(world), receipt: receipt);
        Assert.Equal(201, whole.Status);
        Assert.Equal("""["password","totp"]""", whole.Json.GetProperty("token").GetProperty("methods").GetRawText());
        world.Time.Advance(OneTimeCode.Step);
        Assert.Equal(201, (await LoginAsync(world, user, "secret", CodeOf(world))).Status);
        Assert.Equal(201, (await world.Host.RescopeAsync(whole.Token, null)).Status);
    }

    [Fact]
    public async Task A_receipt_is_no_token_and_is_good_for_its_own_user_for_five_minutes()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (user, other) = (await UserAsync(world, Both), await UserAsync(world, Both, "v"));
        var receipt = (await LoginAsync(world, user, "secret")).Headers["Openstack-Auth-Receipt"].ToString();
        Assert.False(await world.Host.HoldsAsync(receipt));
        Assert.Equal(404, (await world.Host.RescopeAsync(receipt, null)).Status);
        Assert.Equal(401, (await LoginAsync(world, other, code: CodeOf(world), receipt: receipt)).Status);
        var token = (await world.Host.LoginAsync("demo", world.Passwords.Demo, "demo")).Token;
        foreach (var wrong in (string[])["", "x", token, receipt + "x"])
            Assert.Equal(401, (await LoginAsync(world, user, code: CodeOf(world), receipt: wrong)).Status);
        world.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(401, (await LoginAsync(world, user, code: CodeOf(world), receipt: receipt)).Status);
    }

    [Fact]
    public async Task A_receipt_ends_with_the_password_that_it_was_got_by()
    {
        await using var world = await IdentityWorld.StartAsync();
        var user = await UserAsync(world, Both);
        var receipt = (await LoginAsync(world, user, "secret")).Headers["Openstack-Auth-Receipt"].ToString();
        var admin = await world.Host.AdminAsync();
        await world.Host.PatchAsync($"users/{user}", admin, """{"user":{"password":"another"}}""");
        Assert.Equal(401, (await LoginAsync(world, user, code: CodeOf(world), receipt: receipt)).Status);
    }

    [Theory]
    [InlineData("""{"multi_factor_auth_rules":[["password"],["totp"]]}""", 201)]
    [InlineData("""{"multi_factor_auth_rules":[["password","totp"]],"multi_factor_auth_enabled":false}""", 201)]
    [InlineData("""{"multi_factor_auth_rules":[["password","saml9"]]}""", 201)] // one that this cloud does not know
    [InlineData("""{"multi_factor_auth_rules":[["saml9"]]}""", 201)]
    [InlineData("""{"multi_factor_auth_rules":[]}""", 201)]
    [InlineData("""{"multi_factor_auth_rules":[["totp"]]}""", 401)]
    [InlineData("""{"multi_factor_auth_rules":[["password","totp"]],"multi_factor_auth_enabled":true}""", 401)]
    public async Task Rules_say_what_is_enough(string options, int status)
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var user = await host.NewUserAsync(admin, "u", "secret");
        var changed = await host.PatchAsync($"users/{user}", admin, $$$"""{"user":{"options":{{{options}}} } }""");
        Assert.Equal(200, changed.Status);
        Assert.Equal(status, (await LoginAsync(world, user, "secret")).Status);
    }

    [Fact]
    public async Task Whoever_is_asked_for_a_code_learns_nothing_of_what_was_wrong()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (user, demo) = (await UserAsync(world, Both), await UserAsync(world, Both, "v"));
        var nobody = new string('0', 32);
        var code = CodeOf(world);
        Seen[] seen =
        [
            await LoginAsync(world, user, "wrong", code),
            await LoginAsync(world, user, "secret", "000000x"),
            await LoginAsync(world, nobody, "secret", code),
            await LoginAsync(world, nobody, code: code),
            await LoginAsync(world, user, "secret", code, codeOf: demo),
        ];
        Assert.Single(seen.Select(one => (one.Status, one.Message, one.Headers.Count)).Distinct());
    }

    private static async Task<string> UserAsync(IdentityWorld world, string? rules = null, string name = "u")
    {
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var user = await host.NewUserAsync(admin, name, "secret");
        var body = $$$"""{"credential":{"type":"totp","blob":"{{{Secret}}}","user_id":"{{{user}}}"}}""";
        Assert.Equal(201, (await host.PostAsync("credentials", admin, body)).Status);
        if (rules is not null)
            await host.PatchAsync(
                $"users/{user}",
                admin,
                $$$"""{"user":{"options":{"multi_factor_auth_rules":{{{rules}}} } } }"""
            );
        return user;
    }

    private static string CodeOf(IdentityWorld world, int steps = 0) =>
        OneTimeCode.At(OneTimeCode.Secret(Secret)!, OneTimeCode.StepAt(world.Time.GetUtcNow()) + steps);

    private static Task<Seen> LoginAsync(
        IdentityWorld world,
        string user,
        string? password = null,
        string? code = null,
        string? receipt = null,
        string? codeOf = null
    )
    {
        var (identity, methods) = (new JsonObject(), new JsonArray());
        if (password is not null)
        {
            methods.Add((JsonNode)"password");
            identity["password"] = User(user, "password", password);
        }
        if (code is not null)
        {
            methods.Add((JsonNode)"totp");
            identity["totp"] = User(codeOf ?? user, "passcode", code);
        }
        identity["methods"] = methods;
        var body = new JsonObject
        {
            ["auth"] = new JsonObject { ["identity"] = identity, ["scope"] = "unscoped" },
        };
        return world.Host.SendAsync(
            "POST",
            "/identity/v3/auth/tokens",
            null,
            body.ToJsonString(),
            context =>
            {
                if (receipt is not null)
                    context.Request.Headers["openstack-auth-receipt"] = receipt;
            }
        );
    }

    private static JsonObject User(string id, string key, string value) =>
        new()
        {
            ["user"] = new JsonObject { ["id"] = id, [key] = value },
        };
}
