using Pipeline.Identity.Passwords;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Identity.Passwords;

public sealed class PasswordTests
{
    [Fact]
    public void A_hash_knows_its_password_and_its_cost_and_is_salted()
    {
        var hash = PasswordHash.Make("pässword", 1000, span => span.Fill(1));
        Assert.True(PasswordHash.Verify("pässword", hash));
        Assert.False(PasswordHash.Verify("password", hash));
        Assert.Equal(1000, PasswordHash.IterationsOf(hash));
        Assert.NotEqual(hash, PasswordHash.Make("pässword", 1000, span => span.Fill(2)));
    }

    [Fact]
    public void The_cost_is_what_is_recommended_today() =>
        Assert.Equal(210_000, new Pipeline.Identity.IdentityOptions().PasswordIterations);

    [Fact]
    public async Task A_login_raises_the_cost_of_a_hash_that_was_made_when_less_was_enough()
    {
        await using var world = await IdentityWorld.StartAsync();
        var token = await world.Host.DemoAsync();
        world.Options = world.Options with { PasswordIterations = 2000 };
        var stricter = world.NewHost();
        Assert.Equal(1000, await CostAsync(world));
        Assert.Equal(201, (await stricter.LoginAsync("demo", world.Passwords.Demo, "demo")).Status);
        Assert.Equal(2000, await CostAsync(world));
        Assert.Equal(201, (await stricter.LoginAsync("demo", world.Passwords.Demo, "demo")).Status);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(201, (await world.Host.LoginAsync("demo", world.Passwords.Demo, "demo")).Status);
        Assert.True(await world.Host.HoldsAsync(token));
    }

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_login_after_the_first_is_answered_when_no_password_can_be_checked()
    {
        await using var world = await IdentityWorld.StartAsync(with: options =>
            options with
            {
                PasswordChecks = 1,
                PasswordsWaiting = (0, 0),
            }
        );
        var host = world.Host;
        Assert.Equal(201, (await host.LoginAsync("demo", world.Passwords.Demo, "demo")).Status);
        var seen = new List<Task<Seen>>();
        await host.Get<PasswordQueue>()
            .RunAsync(
                "busy",
                () =>
                {
                    seen.Add(host.LoginAsync("demo", world.Passwords.Demo, "demo"));
                    seen.Add(host.LoginAsync("demo", "wrong", "demo"));
                    seen.Add(host.LoginAsync("nobody", "wrong", "demo")); // as dear as a user who exists
                    return Task.WaitAll([.. seen], Bound); // the one place stays taken until they are answered
                },
                TestContext.Current.CancellationToken
            );
        var answers = await Task.WhenAll(seen);
        Assert.Equal([201, 429, 429], answers.Select(answer => answer.Status));
        Assert.Equal("1", answers[1].Headers.RetryAfter);
    }

    [Fact]
    public async Task A_changed_password_is_not_remembered()
    {
        await using var world = await IdentityWorld.StartAsync();
        var host = world.Host;
        var admin = await host.AdminAsync();
        var id = await host.NewUserAsync(admin, "u", "first");
        Assert.Equal(201, (await host.LoginAsync("u", "first", null)).Status);
        await host.PatchAsync($"users/{id}", admin, """{"user":{"password":"second"}}""");
        Assert.Equal(401, (await host.LoginAsync("u", "first", null)).Status);
        Assert.Equal(201, (await host.LoginAsync("u", "second", null)).Status);
    }

    [Fact]
    public async Task A_user_changes_their_password_with_the_old_one_and_no_token()
    {
        await using var world = await IdentityWorld.StartAsync();
        var host = world.Host;
        var id = await host.NewUserAsync(await host.AdminAsync(), "u", "first");
        Assert.Equal(401, (await ChangeAsync(id, "wrong", "second")).Status);
        Assert.Equal(401, (await ChangeAsync("nobody", "first", "second")).Status);
        Assert.Equal(204, (await ChangeAsync(id, "first", "second")).Status);
        Assert.Equal(401, (await host.LoginAsync("u", "first", null)).Status);
        Assert.Equal(201, (await host.LoginAsync("u", "second", null)).Status);

        Task<Seen> ChangeAsync(string user, string from, string to) =>
            host.PostAsync(
                $"users/{user}/password",
                null,
                $$$"""{"user":{"original_password":"{{{from}}}","password":"{{{to}}}"}}"""
            );
    }

    [Fact]
    public async Task No_password_stands_in_the_database()
    {
        await using var world = await IdentityWorld.StartAsync();
        var host = world.Host;
        var admin = await host.AdminAsync();
        var key = """{"user":{"name":"u","password":"sesame-open"}}""";
        await host.SendAsync(
            "POST",
            "/identity/v3/users",
            admin,
            key,
            context => context.Request.Headers["Idempotency-Key"] = "once"
        );
        var hashes = await world.Database.ReadAsync(tx => tx.ListAsync<string>("SELECT hash FROM passwords"));
        Assert.Equal(3, hashes.Count);
        Assert.All(hashes, hash => Assert.StartsWith("pbkdf2-sha512$1000$", hash));
        var digests = await world.Database.ReadAsync(tx => tx.ListAsync<string>("SELECT request FROM idempotency"));
        var other = key.Replace("sesame-open", "another");
        var again = await host.SendAsync(
            "POST",
            "/identity/v3/users",
            admin,
            other,
            context => context.Request.Headers["Idempotency-Key"] = "once"
        );
        Assert.Single(digests);
        Assert.Equal(201, again.Status); // the digest knows no password
    }

    private static async Task<int> CostAsync(IdentityWorld world)
    {
        var hash = await world.Database.ReadAsync(tx =>
            tx.ScalarAsync<string>(
                "SELECT hash FROM passwords WHERE user_id = (SELECT id FROM users WHERE name = 'demo')"
            )
        );
        return PasswordHash.IterationsOf(hash!);
    }
}
