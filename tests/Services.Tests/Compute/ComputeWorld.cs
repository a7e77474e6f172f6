using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pipeline.BlockStorage;
using Pipeline.BlockStorage.Backups;
using Pipeline.Compute;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Identity;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Management;
using Pipeline.Image;
using Pipeline.Network;
using Pipeline.Placement;
using Pipeline.Placement.Allocations;
using Pipeline.Runtime;
using Pipeline.Runtime.Agents;
using Pipeline.Runtime.Storage;
using Pipeline.Testing;
using Pipeline.Testing.Simulation;

namespace Pipeline.Services.Tests.Compute;

/// <summary>
/// The compute service with its siblings, pipeline, database and engine on one seeded thread. Hosts do what they are told
/// when the test settles; until then a server stays as it was accepted.
/// </summary>
internal sealed partial class ComputeWorld : IAsyncDisposable
{
    public const string Mine = "11111111111111111111111111111111";
    public const string Theirs = "22222222222222222222222222222222";
    private readonly SimulationContext context;
    private readonly ServiceProvider services;
    private readonly DurableEngine engine;
    private readonly Vault vault;

    private ComputeWorld(SimulationContext context, Database db, Cloud cloud)
    {
        (this.context, Db) = (context, db);
        vault = new(context.Randomness.Bytes(32), context.Randomness);
        var blobs = new MemoryBlobs(context.Time, context.Randomness.NewGuid);
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(context.Time)
            .AddSingleton(context.Randomness)
            .AddSingleton(db)
            .AddSingleton(cloud)
            .AddSingleton(vault)
            .AddSingleton(ControlKeys.Generate())
            .AddSingleton<IQueues>(new MemoryQueues(context.Time, context.Randomness.NewGuid))
            .AddSingleton(new QueueGrants(_ => null))
            .AddSingleton(new ImageBlobs(blobs))
            .AddSingleton(new BackupBlobs(new MemoryBlobs(context.Time, context.Randomness.NewGuid)))
            .AddSingleton(new Ratios())
            .AddSingleton<HostConnections>()
            .AddSingleton(new RequestIds(context.Randomness.NewGuid))
            .AddSingleton(new PublicUrl(null, new Proxies([])))
            .AddSingleton<ITokens>(new Tokens())
            .AddSingleton<IProjects>(new Projects())
            .AddSingleton<AuthenticateHost>((_, _) => ValueTask.FromResult<HostId?>(null))
            .AddSingleton(new DurableAssembly(typeof(ContractsJson).Assembly, ContractsJson.Default))
            .AddSingleton<EngineParts>()
            .AddSingleton<DurableTaskClient>()
            .AddSingleton<ProgressEstimates>()
            .AddSingleton<InstanceFollower>()
            .AddFunctionsRuntime(HostJson.Default)
            .AddImage()
            .AddNetwork()
            .AddPlacement()
            .AddBlockStorage()
            .AddCompute()
            .BuildServiceProvider();
        engine = new(db, Get<EngineParts>(), new(2, 2), context.Time, Get<ILoggerFactory>());
        engine.Start();
    }

    public Database Db { get; }

    public DateTimeOffset Now => context.Time.GetUtcNow();

    /// <summary>The private network and its subnet, and an image, which every server here stands on.</summary>
    public string Network { get; private set; } = "";

    public string Image { get; private set; } = "";

    /// <summary>Steps that fail on their host, by name.</summary>
    public Dictionary<string, FaultDetails> Failing { get; } = [];

    /// <summary>Runs a test in a world of its own, with flavors `small` and `large`, an image, a network and one host.</summary>
    public static void Run(Func<ComputeWorld, Task> test, int seed = 7)
    {
        var simulation = new SimulationContext(seed);
        simulation.Run(async () =>
        {
            using var database = TestDatabases.InMemory(simulation.Time, new ContextCommitLoop(simulation));
            var cloud = await Cloud.EnsureAsync(database, simulation.Randomness);
            await using var world = new ComputeWorld(simulation, database, cloud);
            await world.Get<BackupBlobs>().Blobs.CreateAsync();
            await world.FurnishAsync();
            await test(world);
            await world.engine.StopAsync();
        });
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <param name="token">`{project}:{role}` of the projects `mine` and `theirs`; null for none.</param>
    /// <param name="version">As `volume 3.27`; null for the oldest.</param>
    public async Task<Reply> SendAsync(
        string method,
        string path,
        string? body = null,
        string? token = "mine:member",
        string? key = null,
        string? version = null
    )
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Scheme = "http";
        http.Request.Host = new("cloud.example:7071");
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = path;
        var query = path.IndexOf('?');
        http.Request.Path = query < 0 ? path : path[..query];
        if (query > 0)
            http.Request.QueryString = new(path[query..]);
        if (token is not null)
            http.Request.Headers["X-Auth-Token"] = token;
        if (version is not null)
            http.Request.Headers["OpenStack-API-Version"] = version;
        if (key is not null)
            http.Request.Headers["Idempotency-Key"] = key;
        if (body is not null)
            (http.Request.Body, http.Request.ContentLength) = Bytes(body);
        var sent = new MemoryStream();
        http.Response.Body = sent;
        await Get<FunctionsPipeline>().InvokeAsync(http);
        return new(http.Response.StatusCode, http.Response.Headers, Encoding.UTF8.GetString(sent.ToArray()));
    }

    public Task<Reply> GetAsync(string path, string token = "mine:member") =>
        SendAsync("GET", $"/compute/v2.1{path}", null, token);

    public Task<Reply> PostAsync(string path, string body, string token = "mine:member", string? key = null) =>
        SendAsync("POST", $"/compute/v2.1{path}", body, token, key);

    public Task<Reply> PutAsync(string path, string body, string token = "mine:member") =>
        SendAsync("PUT", $"/compute/v2.1{path}", body, token);

    public Task<Reply> DeleteAsync(string path, string token = "mine:member") =>
        SendAsync("DELETE", $"/compute/v2.1{path}", null, token);

    public Task<long> CountAsync(string table, string where = "1 = 1") =>
        Db.ReadAsync(tx => tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {table} WHERE {where}"));

    public Task<long> UsedAsync(string resource, string project = Mine) =>
        Db.ReadAsync(tx => tx.UsedAsync(new(project), resource));

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        vault.Dispose();
    }

    private static (MemoryStream, long?) Bytes(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return (new(bytes), bytes.Length);
    }

    private sealed class Projects : IProjects
    {
        public ValueTask<bool> ExistsAsync(Tx tx, ProjectId project) => new(project.Value is Mine or Theirs);
    }

    private sealed class Tokens : ITokens
    {
        public ValueTask<Caller?> AuthenticateAsync(string token)
        {
            var parts = token.Split(':');
            if (parts.Length != 2)
                return new((Caller?)null);
            var project = parts[0] == "mine" ? Mine : Theirs;
            var user = new UserId($"user-of-{parts[0]}");
            string[] roles = parts[1] == "none" ? [] : [parts[1]];
            return new(
                new Caller(user, "u", new("default"), new(project), null, roles, "audit", DateTimeOffset.MaxValue)
            );
        }
    }
}
