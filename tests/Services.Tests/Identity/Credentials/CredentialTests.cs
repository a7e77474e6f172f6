using Pipeline.Data;

namespace Pipeline.Services.Tests.Identity.Credentials;

public sealed class CredentialTests
{
    [Fact]
    public async Task A_credential_lives_and_its_blob_is_sealed()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, demo) = (world.Host, await world.Host.DemoAsync());
        var made = await host.PostAsync("credentials", demo, """{"credential":{"type":"cert","blob":"my secret"}}""");
        made.Matches("credentials/create.201.json");
        var path = $"credentials/{made.Id("credential")}";
        (await host.GetAsync(path, demo)).Matches("credentials/show.200.json");
        Assert.DoesNotContain("my secret", await SealedAsync(world));
        var changed = await host.PatchAsync(path, demo, """{"credential":{"blob":"another"}}""");
        Assert.Equal("another", changed.Json.GetProperty("credential").GetProperty("blob").GetString());
        Assert.Contains("another", (await host.GetAsync(path, demo)).Body);
        Assert.Equal(204, (await host.DeleteAsync(path, demo)).Status);
        Assert.Equal(403, (await host.GetAsync(path, demo)).Status);
        Assert.Equal(404, (await host.GetAsync(path, await host.AdminAsync())).Status);
        Assert.Equal("", await SealedAsync(world));
    }

    [Fact]
    public async Task Users_see_their_own_alone_and_give_theirs_to_nobody()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin, demo) = (world.Host, await world.Host.AdminAsync(), await world.Host.DemoAsync());
        var theirs = (await host.PostAsync("credentials", admin, """{"credential":{"type":"x","blob":"a"}}""")).Id(
            "credential"
        );
        var own = (await host.PostAsync("credentials", demo, """{"credential":{"type":"x","blob":"b"}}""")).Id(
            "credential"
        );
        Assert.Equal([own], Ids(await host.GetAsync("credentials", demo)));
        Assert.Equal(2, Ids(await host.GetAsync("credentials?type=x", admin)).Count());
        Assert.Empty(Ids(await host.GetAsync("credentials?type=y", admin)));
        var user = await host.IdAsync("users", "admin", admin);
        Assert.Equal([theirs], Ids(await host.GetAsync($"credentials?user_id={user}", admin)));
        foreach (var method in (string[])["GET", "DELETE"])
            Assert.Equal(403, (await host.SendAsync(method, $"/identity/v3/credentials/{theirs}", demo)).Status);
        var give = $$$"""{"credential":{"user_id":"{{{user}}}"}}""";
        Assert.Equal(403, (await host.PatchAsync($"credentials/{own}", demo, give)).Status);
        var forge = $$$"""{"credential":{"type":"x","blob":"b","user_id":"{{{user}}}"}}""";
        Assert.Equal(403, (await host.PostAsync("credentials", demo, forge)).Status);
    }

    [Fact]
    public async Task An_EC2_key_pair_is_for_a_project_on_which_its_user_has_a_role()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin, demo) = (world.Host, await world.Host.AdminAsync(), await world.Host.DemoAsync());
        var (user, project) = (
            await host.IdAsync("users", "demo", admin),
            await host.IdAsync("projects", "demo", admin)
        );
        var path = $"users/{user}/credentials/OS-EC2";
        var made = await host.PostAsync(path, demo, $$$"""{"tenant_id":"{{{project}}}"}""");
        made.Matches("credentials/create-ec2.201.json");
        var access = made.Json.GetProperty("credential").GetProperty("access").GetString();
        Assert.Equal(200, (await host.GetAsync($"{path}/{access}", demo)).Status);
        Assert.Single((await host.GetAsync(path, demo)).Json.GetProperty("credentials").EnumerateArray());
        Assert.Contains(access!, (await host.GetAsync("credentials?type=ec2", demo)).Body);
        var foreign = await host.IdAsync("projects", "admin", admin);
        Assert.Equal(403, (await host.PostAsync(path, demo, $$$"""{"tenant_id":"{{{foreign}}}"}""")).Status);
        Assert.Equal(204, (await host.DeleteAsync($"{path}/{access}", demo)).Status);
        Assert.Equal(404, (await host.GetAsync($"{path}/{access}", demo)).Status);
    }

    [Theory]
    [InlineData("""{"type":"ec2","blob":"{\"access\":\"a\",\"secret\":\"s\"}"}""")]
    [InlineData("""{"type":"ec2","blob":"no JSON","project_id":"x"}""")]
    [InlineData("""{"type":"ec2","blob":"{}","project_id":"x"}""")]
    [InlineData("""{"type":"x"}""")]
    [InlineData("""{"blob":"x"}""")]
    public async Task A_body_is_checked_before_anything_is_written(string body)
    {
        await using var world = await IdentityWorld.StartAsync();
        var demo = await world.Host.DemoAsync();
        var refused = await world.Host.PostAsync("credentials", demo, $$$"""{"credential":{{{body}}} }""");
        Assert.Equal(400, refused.Status);
        Assert.Equal("", await SealedAsync(world));
    }

    [Theory]
    [InlineData("users")]
    [InlineData("projects")]
    public async Task A_credential_goes_with_its_user_and_with_its_project(string kind)
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin, demo) = (world.Host, await world.Host.AdminAsync(), await world.Host.DemoAsync());
        var project = await host.IdAsync("projects", "demo", admin);
        var body = $$$"""{"credential":{"type":"x","blob":"b","project_id":"{{{project}}}"}}""";
        Assert.Equal(201, (await host.PostAsync("credentials", demo, body)).Status);
        Assert.Equal(204, (await host.DeleteAsync($"{kind}/{await host.IdAsync(kind, "demo", admin)}", admin)).Status);
        Assert.Equal("", await SealedAsync(world));
        Assert.Empty(Ids(await host.GetAsync("credentials", admin)));
    }

    private static IEnumerable<string?> Ids(Seen list) =>
        list.Json.GetProperty("credentials").EnumerateArray().Select(one => one.GetProperty("id").GetString());

    private static Task<string> SealedAsync(IdentityWorld world) =>
        world.Database.ReadAsync(async tx =>
            string.Concat(await tx.ListAsync<string>("SELECT sealed FROM secrets WHERE owner LIKE 'credential/%'"))
        );
}
