using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Data;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Testing.Simulation;

namespace Pipeline.Durable.Tests.Worlds;

/// <summary>One life of a functions host: its engine, its client, and what sends its orders to the hosts.</summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    private readonly Channel<bool> outbox = Channel.CreateUnbounded<bool>();
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource died = new();
    private readonly ServiceProvider services;
    private readonly DurableAssembly code;
    private readonly World world;
    private readonly Database db;
    private Task sending = Task.CompletedTask;

    public FunctionsHost(World world, IEnumerable<Type>? code, EngineOptions options)
    {
        this.world = world;
        db = world.Store.Attach();
        services = new ServiceCollection()
            .AddSingleton(db)
            .AddSingleton(world.Oracle)
            .AddSingleton(world.Time)
            .BuildServiceProvider();
        this.code = new(typeof(World).Assembly, TestJson.Default) { Types = code ?? TestCode.Usual };
        Faults = new(Die) { Watch = world.Passed };
        Parts = NewParts();
        Parts.Probe = Faults.ProbeAsync;
        Parts.OutboxFilled = () => outbox.Writer.TryWrite(true);
        Parts.HostTaskCancelled = (_, activity) => world.Host.Cancel(activity);
        Client = new(db, Parts);
        Engine = new(db, Parts, WithLease(options), world.Time, world.Log);
    }

    public EngineParts Parts { get; }

    public DurableTaskClient Client { get; }

    public FaultPlan Faults { get; }

    private DurableEngine Engine { get; }

    /// <summary>Completes when a planned fault has killed this host.</summary>
    public Task Died => died.Task;

    public Database Db => db;

    /// <summary>Parts that wake nobody: what is written through them is found by the poll.</summary>
    public EngineParts NewParts() => new(db, [code], services, world.Time);

    public void Start()
    {
        Engine.Start();
        sending = SendAsync();
    }

    /// <summary>It writes nothing any more; what of it still runs is ended, so that no dead code keeps the world awake.</summary>
    public async Task KillAsync()
    {
        db.Sever();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        stopping.Cancel();
        await Engine.StopAsync();
        await sending;
        await services.DisposeAsync();
        stopping.Dispose();
    }

    private EngineOptions WithLease(EngineOptions options) =>
        world.Lease is { } length ? options with { Lease = new(world.NextName(), length) } : options;

    private void Die()
    {
        db.Sever();
        died.TrySetResult();
    }

    private async Task SendAsync()
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var messages = Parts.Owner is { } owner ? await db.ReadAsync(tx => tx.ListOutboxAsync(100, owner)) : [];
                foreach (var message in messages)
                    world.Deliver(Parts.Json.Read<HostOrder>(message.Body));
                if (messages.Count > 0)
                    await db.WriteAsync(tx => tx.DeleteOutboxAsync([.. messages.Select(m => m.Seq)]));
                await outbox.Reader.ReadAsync(stopping.Token);
            }
        }
        catch (Exception e) when (e is ProcessDiedException or OperationCanceledException)
        {
            // Dead or stopped: the next life sends what is left.
        }
    }
}
