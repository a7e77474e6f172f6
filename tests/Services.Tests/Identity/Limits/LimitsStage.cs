using System.Text.Json;

namespace Pipeline.Services.Tests.Identity.Limits;

/// <summary>A cloud with a service of an operator's own, and what tests of its limits say often.</summary>
internal sealed class LimitsStage(IdentityWorld world, string admin, string demo, string service) : IAsyncDisposable
{
    public IdentityWorld World { get; } = world;

    public IdentityHost Host { get; } = world.Host;

    public string Admin { get; } = admin;

    public string Demo { get; } = demo;

    /// <summary>The id of `dns`.</summary>
    public string Service { get; } = service;

    public static async Task<LimitsStage> StartAsync()
    {
        var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        var dns = await world.Host.PostAsync("services", admin, """{"service":{"type":"dns","name":"designate"}}""");
        return new(world, admin, await world.Host.DemoAsync(), dns.Id("service"));
    }

    /// <param name="limits">Each the inside of an object; SERVICE stands for the service's id.</param>
    public Task<Seen> RegisterAsync(params string[] limits) =>
        Host.PostAsync("registered_limits", Admin, $$"""{"registered_limits":[{{Objects(limits)}}]}""");

    /// <inheritdoc cref="RegisterAsync"/>
    public Task<Seen> LimitAsync(params string[] limits) =>
        Host.PostAsync("limits", Admin, $$"""{"limits":[{{Objects(limits)}}]}""");

    /// <summary>Registers `zones` and `records` with a default of 5; their ids.</summary>
    public async Task<IReadOnlyList<string>> RegisteredAsync()
    {
        var made = await RegisterAsync(
            """ "service_id":"SERVICE","resource_name":"zones","default_limit":5 """,
            """ "service_id":"SERVICE","resource_name":"records","default_limit":5 """
        );
        return Ids(made, "registered_limits");
    }

    /// <summary>A limit of the project `demo`; its id.</summary>
    public async Task<string> LimitedAsync(string resource = "zones", int limit = 7)
    {
        var project = await Host.IdAsync("projects", "demo", Admin);
        var made = await LimitAsync(
            $""" "service_id":"SERVICE","project_id":"{project}","resource_name":"{resource}","resource_limit":{limit} """
        );
        Assert.Equal(201, made.Status);
        return Ids(made, "limits")[0];
    }

    public static IReadOnlyList<string> Ids(Seen seen, string list) =>
        [.. Items(seen, list).Select(one => one.GetProperty("id").GetString()!)];

    public static IEnumerable<JsonElement> Items(Seen seen, string list) =>
        seen.Json.GetProperty(list).EnumerateArray();

    /// <summary>A token of the admin, of another scope.</summary>
    public async Task<string> ScopedAsync(string scope)
    {
        var login = IdentityHost.Login("admin", World.Passwords.Admin, null);
        return (await Host.PostAsync("auth/tokens", null, login.Replace("\"unscoped\"", scope))).Token;
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();

    private string Objects(string[] limits) =>
        string.Join(',', limits.Select(limit => $"{{{limit.Replace("SERVICE", Service)}}}"));
}
