using Pipeline.Identity;
using Pipeline.Identity.Bootstrap;

namespace Pipeline.Services.Tests.Identity.Bootstrap;

public sealed class FirstStartTests
{
    [Fact]
    public async Task A_new_cloud_has_a_domain_two_projects_two_users_and_five_roles()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        Assert.Equal(["Default"], (await host.GetAsync("domains", admin)).Names("domains"));
        Assert.Equal(["admin", "demo"], (await host.GetAsync("projects", admin)).Names("projects").Order());
        Assert.Equal(["admin", "demo"], (await host.GetAsync("users", admin)).Names("users").Order());
        Assert.Equal(
            ["admin", "manager", "member", "reader", "service"],
            (await host.GetAsync("roles", admin)).Names("roles")
        );
        Assert.Equal(201, (await host.LoginAsync("admin", world.Passwords.Admin, "demo")).Status);
        Assert.Equal(401, (await host.LoginAsync("demo", world.Passwords.Demo, "admin")).Status);
    }

    [Fact]
    public async Task Passwords_are_generated_and_shown_to_their_keeper_once()
    {
        await using var world = await IdentityWorld.StartAsync();
        Assert.Equal(20, world.Passwords.Admin.Length);
        Assert.Equal(20, world.Passwords.Demo.Length);
        Assert.NotEqual(world.Passwords.Admin, world.Passwords.Demo);
        Assert.DoesNotContain(world.Passwords.Admin, world.Passwords.ToString());
        var made = await world.NewHost().Services.EnsureIdentityAsync(_ => throw new InvalidOperationException());
        Assert.False(made);
        Assert.Equal(201, (await world.Host.LoginAsync("demo", world.Passwords.Demo, "demo")).Status);
    }

    [Fact]
    public async Task When_the_keeper_fails_there_are_no_users_and_the_next_start_makes_them()
    {
        await using var world = await IdentityWorld.StartAsync();
        await EmptyAsync(world);
        var host = world.NewHost();
        await Assert.ThrowsAsync<IOException>(() =>
            host.Services.EnsureIdentityAsync(_ => throw new IOException("no space"))
        );
        FirstPasswords? kept = null;
        Assert.True(
            await host.Services.EnsureIdentityAsync(passwords =>
            {
                kept = passwords;
                return Task.CompletedTask;
            })
        );
        Assert.Equal(201, (await host.LoginAsync("admin", kept!.Admin, "admin")).Status);
    }

    [Fact]
    public async Task Of_two_functions_hosts_that_start_together_one_makes_the_users()
    {
        await using var world = await IdentityWorld.StartAsync();
        await EmptyAsync(world);
        var (first, second) = (world.NewHost(), world.NewHost());
        FirstPasswords? winner = null;
        var outer = await first.Services.EnsureIdentityAsync(async _ =>
            Assert.True(
                await second.Services.EnsureIdentityAsync(passwords =>
                {
                    winner = passwords;
                    return Task.CompletedTask;
                })
            )
        );
        Assert.False(outer);
        Assert.Equal(201, (await first.LoginAsync("admin", winner!.Admin, "admin")).Status);
    }

    private static Task EmptyAsync(IdentityWorld world) =>
        world.Database.WriteAsync(async tx =>
        {
            foreach (
                var table in (string[])
                    ["grants", "implications", "all_roles", "passwords", "users", "projects", "domains"]
            )
                await tx.ExecuteAsync($"DELETE FROM {table}");
        });
}
