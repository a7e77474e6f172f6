using System.Text.RegularExpressions;
using Pipeline.Identity.Passwords;

namespace Pipeline.Services.Tests.Identity.Passwords;

/// <summary>What an operator may ask of passwords; none of it is asked by default.</summary>
public sealed class PasswordRulesTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task A_password_that_was_used_before_is_refused_as_far_back_as_is_asked()
    {
        await using var world = await StartAsync(new() { History = 3 });
        var user = await NewUserAsync(world);
        Assert.Equal(400, await LaterAsync("first", "first"));
        Assert.Equal(204, await LaterAsync("first", "second"));
        Assert.Equal(204, await LaterAsync("second", "third"));
        Assert.Equal(400, await LaterAsync("third", "first"));
        Assert.Equal(400, await LaterAsync("third", "second"));
        Assert.Equal(204, await LaterAsync("third", "fourth"));
        Assert.Equal(204, await LaterAsync("fourth", "first"));
        var kept = await world.Database.ReadAsync(async tx =>
            await tx.ScalarAsync<long>("SELECT COUNT(*) FROM old_passwords")
        );
        Assert.Equal(2, kept);

        Task<int> LaterAsync(string from, string to)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            return ChangeAsync(world, user, from, to);
        }
    }

    [Fact]
    public async Task A_password_expires_and_is_then_good_for_choosing_another()
    {
        await using var world = await StartAsync(new() { ExpireAfter = 30 * Day });
        var (host, user) = (world.Host, await NewUserAsync(world));
        Assert.Equal("2030-01-31T00:00:00.000000Z", await EndAsync(world, user));
        var login = await host.LoginAsync("u", "first", null);
        var shown = login.Json.GetProperty("token").GetProperty("user").GetProperty("password_expires_at");
        Assert.Equal("2030-01-31T00:00:00.000000Z", shown.GetString());
        world.Time.Advance(30 * Day);
        var late = await host.LoginAsync("u", "first", null);
        Assert.Equal(401, late.Status);
        Assert.Contains("expired", late.Message);
        Assert.DoesNotContain("expired", (await host.LoginAsync("u", "wrong", null)).Message);
        Assert.Equal(204, await ChangeAsync(world, user, "first", "second"));
        Assert.Equal(201, (await host.LoginAsync("u", "second", null)).Status);
    }

    [Fact]
    public async Task Users_are_found_by_when_their_password_expires()
    {
        await using var world = await StartAsync(new() { ExpireAfter = 30 * Day });
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var early = await host.NewUserAsync(admin, "early", "x");
        world.Time.Advance(Day);
        admin = await host.AdminAsync();
        await host.NewUserAsync(admin, "late", "x");
        var group = (await host.PostAsync("groups", admin, """{"group":{"name":"g"}}""")).Id("group");
        await host.PutAsync($"groups/{group}/users/{early}", admin);
        (string Asked, string[] Found)[] cases =
        [
            ("lt:2030-02-01T00:00:00Z", ["early"]),
            ("lte:2030-01-31T00:00:00Z", ["early"]),
            ("gt:2030-01-31T00:00:00Z", ["late"]),
            ("gte:2030-01-31T00:00:00Z", ["early", "late"]),
            ("eq:2030-01-31T00:00:00Z", ["early"]),
            ("2030-01-31T00:00:00Z", ["early"]),
            ("neq:2030-01-31T00:00:00Z", ["late"]),
        ];
        foreach (var (asked, found) in cases)
        {
            var seen = await host.GetAsync($"users?password_expires_at={asked}", admin);
            var names = seen.Names("users").Where(name => name is "early" or "late").Order();
            Assert.Equal($"{asked} {string.Join(',', found)}", $"{asked} {string.Join(',', names)}");
            var members = await host.GetAsync($"groups/{group}/users?password_expires_at={asked}", admin);
            Assert.Equal(found.Contains("early") ? ["early"] : [], members.Names("users"));
        }
        foreach (var wrong in (string[])["le:2030-01-31T00:00:00Z", "lt:tomorrow", ""])
            Assert.Equal(400, (await host.GetAsync($"users?password_expires_at={wrong}", admin)).Status);
    }

    [Fact]
    public async Task Users_who_are_excepted_keep_their_password_for_as_long_as_they_like()
    {
        await using var world = await StartAsync(new() { ExpireAfter = 30 * Day, ChangeUponFirstUse = true });
        var options = """{"ignore_password_expiry":true,"ignore_change_password_upon_first_use":true}""";
        var user = await NewUserAsync(world, options);
        Assert.Null(await EndAsync(world, user));
        world.Time.Advance(365 * Day);
        Assert.Equal(201, (await world.Host.LoginAsync("u", "first", null)).Status);
    }

    [Fact]
    public async Task A_password_that_was_given_has_to_be_changed_before_it_is_used()
    {
        await using var world = await StartAsync(new() { ChangeUponFirstUse = true });
        var (host, user) = (world.Host, await NewUserAsync(world));
        Assert.Equal(401, (await host.LoginAsync("u", "first", null)).Status);
        Assert.Equal(204, await ChangeAsync(world, user, "first", "second"));
        Assert.Equal(201, (await host.LoginAsync("u", "second", null)).Status);
        await host.PatchAsync($"users/{user}", await host.AdminAsync(), """{"user":{"password":"given"}}""");
        Assert.Equal(401, (await host.LoginAsync("u", "given", null)).Status);
    }

    [Fact]
    public async Task Too_many_wrong_passwords_lock_their_user_out_for_a_while()
    {
        await using var world = await StartAsync(
            new() { LockoutAttempts = 3, LockoutDuration = TimeSpan.FromHours(1) }
        );
        var (host, user) = (world.Host, await NewUserAsync(world));
        Assert.Equal(201, (await host.LoginAsync("u", "first", null)).Status);
        for (var i = 0; i < 3; i++)
            Assert.Equal(401, (await host.LoginAsync("u", "wrong", null)).Status);
        var locked = await host.LoginAsync("u", "first", null);
        Assert.Equal((401, (await host.LoginAsync("nobody", "x", null)).Message), (locked.Status, locked.Message));
        Assert.Equal(401, await ChangeAsync(world, user, "first", "second"));
        world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(401, (await host.LoginAsync("u", "wrong", null)).Status);
        Assert.Equal(201, (await host.LoginAsync("u", "first", null)).Status); // one wrong one is one again
    }

    [Fact]
    public async Task A_right_password_forgets_wrong_ones_and_enabling_a_user_frees_them()
    {
        await using var world = await StartAsync(new() { LockoutAttempts = 3, LockoutDuration = null });
        var (host, user) = (world.Host, await NewUserAsync(world));
        foreach (var password in (string[])["x", "x", "first", "x", "x", "first"])
            Assert.Equal(password == "x" ? 401 : 201, (await host.LoginAsync("u", password, null)).Status);
        foreach (var password in (string[])["x", "x", "x", "first"])
            Assert.Equal(401, (await host.LoginAsync("u", password, null)).Status);
        world.Time.Advance(365 * Day);
        Assert.Equal(401, (await host.LoginAsync("u", "first", null)).Status);
        await host.PatchAsync($"users/{user}", await host.AdminAsync(), """{"user":{"enabled":true}}""");
        Assert.Equal(201, (await host.LoginAsync("u", "first", null)).Status);
    }

    [Fact]
    public async Task Who_is_excepted_is_not_locked_out()
    {
        await using var world = await StartAsync(new() { LockoutAttempts = 1 });
        await NewUserAsync(world, """{"ignore_lockout_failure_attempts":true}""");
        Assert.Equal(401, (await world.Host.LoginAsync("u", "wrong", null)).Status);
        Assert.Equal(201, (await world.Host.LoginAsync("u", "first", null)).Status);
    }

    [Fact]
    public async Task A_password_that_was_chosen_has_to_be_kept_for_a_while()
    {
        await using var world = await StartAsync(new() { MinimumAge = 2 * Day });
        var (host, user) = (world.Host, await NewUserAsync(world));
        Assert.Equal(204, await ChangeAsync(world, user, "first", "second")); // the first one was given
        Assert.Equal(400, await ChangeAsync(world, user, "second", "third"));
        world.Time.Advance(2 * Day);
        Assert.Equal(204, await ChangeAsync(world, user, "second", "third"));
        var reset = await host.PatchAsync($"users/{user}", await host.AdminAsync(), """{"user":{"password":"x"}}""");
        Assert.Equal(200, reset.Status);
    }

    [Fact]
    public async Task A_password_must_match_what_is_asked_whoever_sets_it()
    {
        var pattern = new Regex(@"(?=.*\d)(?=.*[a-z]).{7,}$", RegexOptions.None, Day);
        await using var world = await StartAsync(new() { Pattern = pattern, PatternInWords = "seven, with a digit" });
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var weak = await host.PostAsync("users", admin, """{"user":{"name":"u","password":"short1"}}""");
        Assert.Equal(
            (400, "The password does not match the requirements: seven, with a digit."),
            (weak.Status, weak.Message)
        );
        var user = await host.NewUserAsync(admin, "u", "longer-1");
        Assert.Equal(400, (await host.PatchAsync($"users/{user}", admin, """{"user":{"password":"x"}}""")).Status);
        Assert.Equal(400, await ChangeAsync(world, user, "longer-1", "without-digit"));
        Assert.Equal(204, await ChangeAsync(world, user, "longer-1", "longer-2"));
    }

    [Fact]
    public async Task A_user_whose_password_is_locked_does_not_change_it()
    {
        await using var world = await IdentityWorld.StartAsync();
        var user = await NewUserAsync(world, """{"lock_password":true}""");
        Assert.Equal(400, await ChangeAsync(world, user, "first", "second"));
        Assert.Equal(401, await ChangeAsync(world, user, "wrong", "second"));
        Assert.Equal(201, (await world.Host.LoginAsync("u", "first", null)).Status);
    }

    [Fact]
    public async Task Users_who_stay_away_are_shut_out_until_they_are_enabled()
    {
        await using var world = await StartAsync(new() { DisableInactiveAfter = 90 * Day });
        var (host, user) = (world.Host, await NewUserAsync(world));
        world.Time.Advance(60 * Day);
        Assert.Equal(201, (await host.LoginAsync("u", "first", null)).Status);
        world.Time.Advance(60 * Day);
        Assert.Equal(201, (await host.LoginAsync("u", "first", null)).Status);
        var admin = await host.AdminAsync();
        world.Time.Advance(90 * Day);
        Assert.Equal(401, (await host.LoginAsync("u", "first", null)).Status);
        Assert.Equal(401, (await host.LoginAsync("admin", world.Passwords.Admin, "admin")).Status);
        Assert.False(await host.HoldsAsync(admin));
        await world.Database.WriteAsync(async tx =>
            await tx.ExecuteAsync("UPDATE users SET last_active_at = @now WHERE name = 'admin'")
        );
        var fresh = world.NewHost();
        var again = await fresh.PatchAsync($"users/{user}", await fresh.AdminAsync(), """{"user":{"enabled":true}}""");
        Assert.Equal(200, again.Status);
        Assert.Equal(201, (await fresh.LoginAsync("u", "first", null)).Status);
    }

    [Fact]
    public async Task Options_are_shown_as_they_were_given_and_a_null_forgets_one()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var options = """{"lock_password":true,"multi_factor_auth_rules":[["password","totp"]]}""";
        var user = await NewUserAsync(world, options);
        Assert.Equal(options, await OptionsAsync());
        await host.PatchAsync($"users/{user}", admin, """{"user":{"options":{"lock_password":null}}}""");
        Assert.Equal("""{"multi_factor_auth_rules":[["password","totp"]]}""", await OptionsAsync());
        string[] wrong =
        [
            """{"lock_password":1}""",
            """{"unknown":true}""",
            """{"multi_factor_auth_rules":["password"]}""",
            """{"multi_factor_auth_rules":[[]]}""",
            """{"multi_factor_auth_rules":[["a","a"]]}""",
            """{"multi_factor_auth_rules":[["a"],["a"]]}""",
        ];
        foreach (var one in wrong)
            Assert.Equal(
                400,
                (await host.PatchAsync($"users/{user}", admin, $$$"""{"user":{"options":{{{one}}} } }""")).Status
            );

        async Task<string> OptionsAsync() =>
            (await host.GetAsync($"users/{user}", admin)).Json.GetProperty("user").GetProperty("options").GetRawText();
    }

    [Fact]
    public async Task A_failed_login_waits_its_turn_and_costs_a_check_whatever_was_wrong()
    {
        await using var world = await IdentityWorld.StartAsync(with: options =>
            options with
            {
                PasswordChecks = 1,
                PasswordsWaiting = (0, 0),
                Passwords = new() { LockoutAttempts = 1 },
            }
        );
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        foreach (var name in (string[])["disabled", "locked", "expired"])
            await host.NewUserAsync(admin, name, "secret");
        await host.PostAsync("users", admin, """{"user":{"name":"no-password"}}""");
        await host.LoginAsync("locked", "secret", null); // so it is remembered, and must not be told from a wrong one
        await host.LoginAsync("locked", "wrong", null);
        var disabled = await host.IdAsync("users", "disabled", admin);
        await host.PatchAsync($"users/{disabled}", admin, """{"user":{"enabled":false}}""");
        var seen = new List<Task<Seen>>();
        await host.Get<PasswordQueue>()
            .RunAsync(
                "busy",
                () =>
                {
                    foreach (var name in (string[])["demo", "nobody", "disabled", "no-password"])
                        seen.Add(host.LoginAsync(name, "wrong", null));
                    seen.Add(host.LoginAsync("locked", "secret", null));
                    seen.Add(host.LoginAsync("locked", "wrong", null));
                    return Task.WaitAll([.. seen], TimeSpan.FromSeconds(20));
                },
                TestContext.Current.CancellationToken
            );
        Assert.All(await Task.WhenAll(seen), answer => Assert.Equal(429, answer.Status));
    }

    private static Task<IdentityWorld> StartAsync(PasswordRules rules) =>
        IdentityWorld.StartAsync(with: options => options with { Passwords = rules });

    private static async Task<string> NewUserAsync(IdentityWorld world, string options = "{}")
    {
        var body = $$$"""{"user":{"name":"u","password":"first","options":{{{options}}} } }""";
        return (await world.Host.PostAsync("users", await world.Host.AdminAsync(), body)).Id("user");
    }

    private static async Task<string?> EndAsync(IdentityWorld world, string user) =>
        (await world.Host.GetAsync($"users/{user}", await world.Host.AdminAsync()))
            .Json.GetProperty("user")
            .GetProperty("password_expires_at")
            .GetString();

    private static async Task<int> ChangeAsync(IdentityWorld world, string user, string from, string to) =>
        (
            await world.Host.PostAsync(
                $"users/{user}/password",
                null,
                $$$"""{"user":{"original_password":"{{{from}}}","password":"{{{to}}}"}}"""
            )
        ).Status;
}
