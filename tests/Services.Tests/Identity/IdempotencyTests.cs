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
