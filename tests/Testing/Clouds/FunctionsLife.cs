using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Functions;
using Pipeline.Identity;
using Pipeline.Identity.Bootstrap;
using Pipeline.Runtime;
using Pipeline.Testing.Simulation;

namespace Pipeline.Testing.Clouds;

/// <summary>One life of a functions host: the production composition over its own facade of the world's store.</summary>
internal sealed class FunctionsLife : IMortal, IAsyncDisposable
{
    private static readonly HostJson Settings = HostJson.Default with
    {
        DurableTask = new() { MaxConcurrentOrchestratorFunctions = 4, MaxConcurrentActivityFunctions = 4 },
    };
    private static readonly Dictionary<EnginePoint, Where> Places = Enum.GetValues<EnginePoint>()
        .ToDictionary(p => p, p => Enum.Parse<Where>($"{p}"));
    private static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(15);
    private readonly CancellationTokenSource gone = new();
    private readonly SimulationContext world;
    private readonly CloudFaultPlan plan;
    private readonly QueueTally tally;
    private readonly TimeSpan skew;
    private readonly Database db;
    private readonly Vault vault;
    private readonly ServiceProvider services;
    private readonly FunctionsPipeline pipeline;
    private bool ended;

    public FunctionsLife(TestCloud cloud, CloudParts parts, int slot, string name)
    {
        (world, plan, tally) = (cloud.World, cloud.Faults, cloud.Tally);
        (Name, Slot, skew) = (name, slot, cloud.SkewOf(slot));
        db = cloud.Options.Shared
            ? Database.Over(new LifeStore(cloud, parts.Database, skew, cloud.StrainOf(slot)) { Pass = PassAsync })
            : parts.Database.Attach();
        var ring = parts.Ring.Over(db); // each learns of new keys by itself
        vault = new(cloud.Root, world.Randomness, ring);
        services = Compose(
            cloud,
            parts with
            {
                Database = db,
                Ring = ring,
                Vault = vault,
                Queues = new WatchedQueues(parts.Queues, cloud),
            }
        );
        pipeline = services.GetRequiredService<FunctionsPipeline>();
        services.GetRequiredService<EngineParts>().Probe = (point, _, step) => ProbeAsync(point, step);
    }

    public string Name { get; }

    /// <summary>The machine it lives on: those after it live there too.</summary>
    public int Slot { get; }

    /// <summary>The whole HTTP surface, a line a route.</summary>
    public string Routes => services.GetRequiredService<RouteTable>().Print();

    public Policies Policies => services.GetRequiredService<Policies>();

    public bool Dead { get; private set; }

    /// <summary>In whose name it works on orchestrations now; null while it has no lease.</summary>
    public string? Owner => Dead || Engine.Owner is not { Length: > 0 } owner ? null : owner;

    public EngineParts Engine => services.GetRequiredService<EngineParts>();

    public DurableTaskClient Durable => services.GetRequiredService<DurableTaskClient>();

    public Database Db => db;

    /// <summary>Told when a planned fault has killed it.</summary>
    public Action<FunctionsLife> Died { get; init; } = _ => { };

    public async Task StartAsync(Func<FirstPasswords, Task> keep)
    {
        await services.EnsureIdentityAsync(keep);
        foreach (var worker in services.GetServices<IHostedService>())
            await worker.StartAsync(CancellationToken.None);
    }

    /// <summary>Answers one request in process. A host that dies meanwhile cuts it off.</summary>
    /// <exception cref="Fault">Unavailable when the host is dead.</exception>
    public async Task InvokeAsync(HttpContext context, CancellationToken ct)
    {
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(ct, gone.Token);
        context.RequestAborted = aborted.Token;
        if (!Dead)
            await pipeline.InvokeAsync(context);
        if (Dead)
            throw new Fault(FaultCode.Unavailable, $"{Name} is dead");
    }

    public Exception Die()
    {
        if (Dead)
            return new ProcessDiedException();
        world.Log.Add($"{Name} dies");
        Dead = true;
        db.Sever();
        gone.Cancel();
        Died(this);
        return new ProcessDiedException();
    }

    /// <summary>Ends what still runs of it: after a stop nothing is under way, after a death nothing may keep the world awake.</summary>
    public async ValueTask DisposeAsync()
    {
        if (ended)
            return;
        ended = true;
        Dead = true;
        gone.Cancel();
        foreach (var worker in services.GetServices<IHostedService>().Reverse())
            await worker.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
        vault.Dispose();
        gone.Dispose();
    }

    private async Task PassAsync(Where where, string name)
    {
        if (Dead)
            throw new ProcessDiedException();
        await plan.PassAsync(where, name, this);
    }

    private async ValueTask ProbeAsync(EnginePoint point, string name)
    {
        if (Dead)
            throw new ProcessDiedException();
        world.AssertInside("a probe");
        var where = Places[point];
        if (where == Where.BeforeRenewal)
        {
            await plan.PassAsync(where, name, this);
            return;
        }
        var step = where is Where.BeforeAnswer or Where.AfterAnswer ? tally.StepOf(name) : name;
        world.Log.Add($"{Name}: {where} {step}");
        await plan.PassAsync(where, step, this);
    }

    private ServiceProvider Compose(TestCloud cloud, CloudParts parts)
    {
        var proxies = new Proxies([]);
        var collection = new ServiceCollection();
        collection.AddSingleton(skew == TimeSpan.Zero ? world.Time : new SkewedTime(world.Time, skew) as TimeProvider);
        collection.AddSingleton(world.Randomness);
        collection.AddSingleton(new RequestIds(world.Randomness.NewGuid));
        collection.AddSingleton(proxies);
        collection.AddSingleton(new PublicUrl(null, proxies));
        collection.AddSingleton<ILoggerFactory>(new WorldLogger(world.Log, Name));
        collection.AddSingleton(typeof(ILogger<>), typeof(WorldLogger<>));
        collection.AddFunctionsRuntime(Settings);
        collection.AddCloud(parts);
        if (db.IsShared)
            collection
                .AddSingleton(cloud.Code)
                .AddSingleton(new EngineOptions(4, 4) { Lease = new(Name, LeaseLength) });
        return collection.BuildServiceProvider();
    }
}
