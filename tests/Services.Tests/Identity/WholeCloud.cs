using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Functions;
using Pipeline.Runtime.Agents;
using Pipeline.Runtime.Storage;
using Pipeline.Services.Tests.Runtime.Edge;
using Pipeline.Testing.Edge;

namespace Pipeline.Services.Tests.Identity;

/// <summary>All services of a cloud on real sockets and threads, without hosts, over a world's database.</summary>
internal sealed class WholeCloud : IAsyncDisposable
{
    private WholeCloud(IdentityWorld world, RealHost host) => (World, Host) = (world, host);

    public IdentityWorld World { get; }

    public RealHost Host { get; }

    /// <param name="hostJson">What `host.json` holds.</param>
    public static async Task<WholeCloud> StartAsync(string hostJson = """{ "version": "2.0" }""")
    {
        var world = await IdentityWorld.StartAsync();
        try
        {
            var parts = PartsOf(world);
            await parts.Images.CreateAsync();
            await parts.Payloads.CreateAsync();
            var host = await RealHost.StartAsync(hostJson, [], services => services.AddCloud(parts));
            await Pipeline.Identity.IdentityModule.EnsureIdentityAsync(host.Services, _ => Task.CompletedTask);
            return new(world, host);
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>The ids of the projects `admin` and `demo`, and a token of each's user.</summary>
    public async Task<(string Admin, string Demo, string DemoProject)> LoginAsync()
    {
        var (admin, _) = await IssueAsync("admin", World.Passwords.Admin, "admin");
        var (demo, project) = await IssueAsync("demo", World.Passwords.Demo, "demo");
        return (admin, demo, project);
    }

    public Task<Reply> SendAsync(string method, string path, string token, string? body = null) =>
        SendAsync(method, path, token, body is null ? null : Encoding.UTF8.GetBytes(body), "application/json");

    public Task<Reply> UploadAsync(string path, string token, byte[] content) =>
        SendAsync("PUT", path, token, content, "application/octet-stream");

    private async Task<Reply> SendAsync(string method, string path, string token, byte[]? body, string type)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Add("X-Auth-Token", token);
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new(type) } };
        using var answer = await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Headers, text);
    }

    public Task<Reply> GetAsync(string path, string token) => SendAsync("GET", path, token);

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        await Host.DisposeAsync();
        await World.DisposeAsync();
    }

    private async Task<(string Token, string Project)> IssueAsync(string user, string password, string project)
    {
        using var login = new StringContent(IdentityHost.Login(user, password, project), Encoding.UTF8);
        using var issued = await Host.Client.PostAsync(
            new Uri("identity/v3/auth/tokens", UriKind.Relative),
            login,
            TestContext.Current.CancellationToken
        );
        var text = await issued.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var id = JsonElement.Parse(text).GetProperty("token").GetProperty("project").GetProperty("id").GetString()!;
        return (issued.Headers.GetValues("X-Subject-Token").Single(), id);
    }

    private static CloudParts PartsOf(IdentityWorld world)
    {
        var (time, newGuid) = (MachineTime.Clock, (Func<Guid>)world.Randomness.NewGuid);
        return new(
            world.Database,
            world.Cloud,
            world.Ring,
            world.Vault,
            ControlKeys.Generate(),
            new MemoryQueues(time, newGuid),
            new MemoryBlobs(time, newGuid),
            new MemoryBlobs(time, newGuid),
            new MemoryBlobs(time, newGuid),
            new QueueGrants(_ => null),
            world.Options
        );
    }
}

internal sealed record Reply(int Status, HttpResponseHeaders Headers, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The number below these names.</summary>
    public long Number(params string[] names) => names.Aggregate(Json, (at, name) => at.GetProperty(name)).GetInt64();
}
