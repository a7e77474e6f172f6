namespace Pipeline.Services.Tests.Identity;

public sealed class IdempotencyTests
{
    [Theory]
    [InlineData("""{"system":{"all":true}}""")]
    [InlineData("""{"domain":{"id":"default"}}""")]
    public async Task A_caller_without_a_project_has_keys_of_their_own(string scope)
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, project) = (world.Host, await world.Host.AdminAsync());
        await GrantOnDomainAsync(host, project);
        var token = await ScopedAsync(world, scope);
        var (first, second) = (await CreateAsync(token, "p"), await CreateAsync(token, "p"));
        Assert.Equal((201, first.Body), (second.Status, second.Body));
        Assert.Equal(409, (await CreateAsync(token, "q")).Status);
        Assert.Equal(201, (await CreateAsync(project, "q")).Status); // the same word, and another's key

        Task<Seen> CreateAsync(string who, string name) =>
            host.SendAsync(
                "POST",
                "/identity/v3/projects",
                who,
                $$$"""{"project":{"name":"{{{name}}}"}}""",
                context => context.Request.Headers["Idempotency-Key"] = "key"
            );
    }

    [Fact]
    public async Task Who_may_no_longer_create_does_not_see_again_what_they_made()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var (project, user) = (
            await host.IdAsync("projects", "demo", admin),
            await host.IdAsync("users", "demo", admin)
        );
        var grant = $"projects/{project}/users/{user}/roles/{await host.IdAsync("roles", "admin", admin)}";
        Assert.Equal(204, (await host.PutAsync(grant, admin)).Status);
        Assert.Equal(201, (await CreateAsync()).Status);
        Assert.Equal(201, (await CreateAsync()).Status);
        Assert.Equal(204, (await host.DeleteAsync(grant, admin)).Status);
        Assert.Equal(403, (await CreateAsync()).Status);

        async Task<Seen> CreateAsync() =>
            await host.SendAsync(
                "POST",
                "/identity/v3/projects",
                (await host.LoginAsync("demo", world.Passwords.Demo, "demo")).Token,
                """{"project":{"name":"p"}}""",
                context => context.Request.Headers["Idempotency-Key"] = "key"
            );
    }

    private static async Task GrantOnDomainAsync(IdentityHost host, string admin)
    {
        var (user, role) = (await host.IdAsync("users", "admin", admin), await host.IdAsync("roles", "admin", admin));
        Assert.Equal(204, (await host.PutAsync($"domains/default/users/{user}/roles/{role}", admin)).Status);
    }

    private static async Task<string> ScopedAsync(IdentityWorld world, string scope)
    {
        var login = IdentityHost.Login("admin", world.Passwords.Admin, null);
        var issued = await world.Host.PostAsync("auth/tokens", null, login.Replace("\"unscoped\"", scope));
        return issued.Token;
    }
}
