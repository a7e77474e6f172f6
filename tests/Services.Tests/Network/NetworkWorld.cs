using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Identity;
using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Network;
using Pipeline.Network.Hosts;
using Pipeline.Network.Sweeps;
using Pipeline.Runtime;
using Pipeline.Testing;
using Pipeline.Testing.Simulation;

namespace Pipeline.Services.Tests.Network;

/// <summary>
/// The network service with its pipeline, database and engine on one seeded thread; hosts are fakes that answer when a
/// test lets them. Time passes only when nothing is left to do.
/// </summary>
internal sealed class NetworkWorld : IDisposable
{
    public const string Project = "11111111111111111111111111111111";
    public const string Other = "22222222222222222222222222222222";
    private readonly SimulationContext context;
    private readonly Database store;
    private readonly Cloud cloud;
    private readonly Action<IServiceCollection> arrange;
    private ServiceProvider services;
    private Database db;
    private DurableEngine engine;

    private NetworkWorld(SimulationContext context, Database store, Cloud cloud, Action<IServiceCollection> arrange)
    {
        this.arrange = arrange;
        this.context = context;
        this.store = store;
        this.cloud = cloud;
        Hosts = new(store);
        (db, services, engine) = Start();
    }

    public Database Db => store;

    public FakeHosts Hosts { get; }

    /// <summary>Where a fault plan looks in; set before anything runs.</summary>
    public Func<EnginePoint, string, string, ValueTask> Probe
    {
        set => Get<EngineParts>().Probe = value;
    }

    /// <summary>Runs a test in a world of its own.</summary>
    /// <param name="seed">Decides in which order things happen that happen at once.</param>
    /// <param name="arrange">Adds what stands before the network service's own, as options.</param>
    public static void Run(Func<NetworkWorld, Task> test, int seed = 7, Action<IServiceCollection>? arrange = null)
    {
        var simulation = new SimulationContext(seed);
        simulation.Run(async () =>
        {
            using var database = TestDatabases.InMemory(simulation.Time, new ContextCommitLoop(simulation));
            var made = await Cloud.EnsureAsync(database, simulation.Randomness);
            using var world = new NetworkWorld(simulation, database, made, arrange ?? (_ => { }));
            await test(world);
            await world.engine.StopAsync();
        });
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>The functions host dies where it stands; another one goes on with the same database.</summary>
    public async Task CrashAsync()
    {
        db.Sever();
        await engine.StopAsync();
        services.Dispose();
        (db, services, engine) = Start();
    }

    /// <summary>Waits until everything that can happen by itself has happened.</summary>
    public Task SettleAsync() => Task.Delay(TimeSpan.FromMilliseconds(100), context.Time);

    public Task PassAsync(TimeSpan time) => Task.Delay(time, context.Time);

    /// <summary>What the timer does each minute.</summary>
    public async Task SweepAsync()
    {
        await new RefreshLateHosts(db, Get<HostRefreshes>(), Hosts).RunAsync(new(new(default, default), false));
        await SettleAsync();
    }

    /// <param name="token">`member`, `reader`, `manager`, `admin` of the project, or `other`: a member of another one.</param>
    public async Task<Seen> SendAsync(
        string method,
        string path,
        string? body = null,
        string? token = "member",
        string? key = null,
        string? ifMatch = null
    )
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Scheme = "http";
        http.Request.Host = new("cloud.example:7071");
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = $"/network{path}";
        if (path.IndexOf('?') is > 0 and var query)
            http.Request.QueryString = new(path[query..]);
        if (token is not null)
            http.Request.Headers["X-Auth-Token"] = token;
        if (key is not null)
            http.Request.Headers["Idempotency-Key"] = key;
        if (ifMatch is not null)
            http.Request.Headers.IfMatch = ifMatch;
        if (body is not null)
            http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        var sent = new MemoryStream();
        http.Response.Body = sent;
        await Get<FunctionsPipeline>().InvokeAsync(http);
        return new(http.Response.StatusCode, http.Response.Headers, Encoding.UTF8.GetString(sent.ToArray()));
    }

    public Task<Seen> GetAsync(string path, string token = "member") => SendAsync("GET", $"/v2.0{path}", null, token);

    public Task<Seen> PostAsync(string path, string body, string token = "member") =>
        SendAsync("POST", $"/v2.0{path}", body, token);

    public Task<Seen> PutAsync(string path, string body, string token = "member") =>
        SendAsync("PUT", $"/v2.0{path}", body, token);

    public Task<Seen> DeleteAsync(string path, string token = "member") =>
        SendAsync("DELETE", $"/v2.0{path}", null, token);

    public async Task<string> NetworkAsync(string attributes = "", string token = "member") =>
        (await PostAsync("/networks", Item("network", Pair("name", "n"), attributes), token)).Id("network");

    public async Task<string> SubnetAsync(string network, string cidr, string attributes = "") =>
        (await PostAsync("/subnets", SubnetBody(network, cidr, attributes))).Id("subnet");

    public static string SubnetBody(string network, string cidr, string attributes = "") =>
        Item("subnet", Pair("network_id", network), "\"ip_version\":4", Pair("cidr", cidr), attributes);

    public static string PortBody(string network, string attributes = "") =>
        Item("port", Pair("network_id", network), attributes);

    public async Task<string> PortAsync(string network, string attributes = "", string token = "member") =>
        (await PostAsync("/ports", PortBody(network, attributes), token)).Id("port");

    public async Task<string> GroupAsync(string name) =>
        (await PostAsync("/security-groups", Item("security_group", Pair("name", name)))).Id("security_group");

    public Task<Seen> RuleAsync(string group, string attributes, string token = "member") =>
        PostAsync("/security-group-rules", RuleBody(group, attributes), token);

    public static string RuleBody(string group, string attributes) =>
        Item("security_group_rule", Pair("security_group_id", group), attributes);

    public static string Item(string name, params IEnumerable<string> attributes) =>
        $"{{\"{name}\":{{{string.Join(',', attributes.Where(a => a.Length > 0))}}}}}";

    public static string Pair(string name, string value) => $"\"{name}\":\"{value}\"";

    public static string Flag(string name, bool value) => $"\"{name}\":{(value ? "true" : "false")}";

    /// <summary>Runs a step as the engine does: in one transaction.</summary>
    public Task<TResult> DoAsync<TStep, TResult>(TStep step)
        where TStep : IActivity<TResult>
    {
        var type = typeof(NetworkModule)
            .Assembly.GetTypes()
            .Single(t => t.IsAssignableTo(typeof(ITransactionalActivity<TStep, TResult>)));
        var handler = (ITransactionalActivity<TStep, TResult>)ActivatorUtilities.CreateInstance(services, type);
        return db.WriteAsync(tx => handler.RunAsync(tx, step));
    }

    public Task<BoundPorts> BindAsync(ServerId server, HostId host, params NicRequest[] nics) =>
        DoAsync<BindPorts, BoundPorts>(new(server, new(Project), "metal-1", host, nics, [], "Web Server_1"));

    public Task<Done> UnbindAsync(ServerId server) => DoAsync<UnbindPorts, Done>(new(server));

    public Task<Done> ActivateAsync(ServerId server) => DoAsync<MarkPortsActive, Done>(new(server));

    /// <summary>A server that runs with a new port on the network; its port.</summary>
    public async Task<string> RunServerAsync(ServerId server, HostId host, string network)
    {
        var bound = await BindAsync(server, host, Ids.Nic(network));
        await ActivateAsync(server);
        await SettleAsync();
        return bound.Ports[0].Id.ToString();
    }

    /// <summary>A host says how others reach it, and which network driver it has.</summary>
    public Task ReportAsync(HostId host, string underlay = "", string driver = "linux-bridge")
    {
        var facts = new Dictionary<string, string>
        {
            [HostFactNames.Underlay] = underlay,
            [HostFactNames.NetworkDriver] = driver,
        };
        var report = new HostReport(host, "metal", new(8, 8192, 100, "qemu", facts));
        return db.WriteAsync(tx => Get<IHostReports>().HeardAsync(tx, report));
    }

    /// <summary>What hosts are told of their ports; they do it.</summary>
    public async Task<IReadOnlyList<RefreshPorts>> RefreshedAsync()
    {
        await SettleAsync();
        var orders = await Hosts.ArrivedAsync<RefreshPorts>();
        await Hosts.AnswerAsync();
        await SettleAsync();
        return orders;
    }

    public Task<long> CountAsync(string table, string where = "1 = 1") =>
        store.ReadAsync(tx => tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {table} WHERE {where}"));

    public Task<long> UsedAsync(string resource, string project = Project) =>
        store.ReadAsync(tx => tx.UsedAsync(new(project), resource));

    public void Dispose() => services.Dispose();

    private (Database, ServiceProvider, DurableEngine) Start()
    {
        var mine = store.Attach();
        var collection = new ServiceCollection();
        arrange(collection);
        var provider = collection
            .AddLogging()
            .AddSingleton<TimeProvider>(context.Time)
            .AddSingleton(context.Randomness)
            .AddSingleton(mine)
            .AddSingleton(cloud)
            .AddSingleton(new RequestIds(context.Randomness.NewGuid))
            .AddSingleton(new PublicUrl(null, new Proxies([])))
            .AddSingleton<ITokens>(new Tokens())
            .AddSingleton<IHosts>(Hosts)
            .AddSingleton(new DurableAssembly(typeof(ContractsJson).Assembly, ContractsJson.Default))
            .AddSingleton<EngineParts>()
            .AddSingleton<DurableTaskClient>()
            .AddFunctionsRuntime(HostJson.Default)
            .AddNetwork()
            .BuildServiceProvider();
        var parts = provider.GetRequiredService<EngineParts>();
        Hosts.Attach(parts, provider.GetRequiredService<DurableTaskClient>());
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var started = new DurableEngine(mine, parts, new(2, 2), context.Time, loggers);
        started.Start();
        return (mine, provider, started);
    }

    private sealed class Tokens : ITokens
    {
        public ValueTask<Caller?> AuthenticateAsync(string token) =>
            new(
                token switch
                {
                    "member" or "reader" or "manager" or "admin" => CallerOf(Project, token),
                    "other" => CallerOf(Other, "member"),
                    _ => null,
                }
            );

        private static Caller CallerOf(string project, string role) =>
            new(new("u"), "u", new("default"), new ProjectId(project), null, [role], "audit", DateTimeOffset.MaxValue);
    }
}

/// <summary>Ids that tests make up.</summary>
internal static class Ids
{
    public static ServerId Server(int number) => new(new Guid(number, 1, 0, new byte[8]));

    public static HostId Host(int number) => new(new Guid(number, 2, 0, new byte[8]));

    public static NicRequest Nic(string network, string? address = null) =>
        new(new NetworkId(Guid.Parse(network)), null, address);

    public static NicRequest Existing(string port) => new(null, new PortId(Guid.Parse(port)), null);
}

internal sealed record Seen(int Status, IHeaderDictionary Headers, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The id in a created item's answer.</summary>
    public string Id(string name) =>
        Status == 201 ? Text(name, "id") : throw new InvalidOperationException($"{Status} {Body}");

    /// <summary>An attribute as text; lists and objects as JSON.</summary>
    public string Text(string name, string attribute) => Json.GetProperty(name).GetProperty(attribute).ToString();

    /// <summary>The fault's status and type name.</summary>
    public (int Status, string Type) Fault =>
        (Status, Json.GetProperty("NeutronError").GetProperty("type").GetString()!);

    public string Message => Json.GetProperty("NeutronError").GetProperty("message").GetString()!;

    /// <summary>One attribute of all items of a list.</summary>
    public IReadOnlyList<string> All(string collection, string attribute) =>
        [.. Json.GetProperty(collection).EnumerateArray().Select(item => item.GetProperty(attribute).ToString())];

    /// <summary>A port's addresses.</summary>
    public IReadOnlyList<string> Addresses =>
        [
            .. Json.GetProperty("port")
                .GetProperty("fixed_ips")
                .EnumerateArray()
                .Select(a => a.GetProperty("ip_address").GetString()!),
        ];

    public GoldenAnswer Golden =>
        new(Status, Headers.Select(h => KeyValuePair.Create(h.Key, h.Value.ToString())), Body);
}
