using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Testing.Simulation;

namespace Pipeline.Durable.Tests.Worlds;

/// <summary>A store that outlives its functions hosts, a host, and what goes between them.</summary>
internal sealed class World(Database store, TimeProvider time, SimulationContext? simulation) : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromDays(2);
    private static readonly TimeSpan RealBound = TimeSpan.FromSeconds(60);
    private readonly List<Task> deliveries = [];
    private readonly Lock gate = new();
    private FunctionsHost? now;
    private FunctionsHost? last;
    private readonly List<FunctionsHost> beside = [];
    private int names;
    private volatile bool ending;

    public Database Store => store;

    public TimeProvider Time => time;

    /// <summary>Null where the world runs on real threads.</summary>
    public SimulationContext? Simulation => simulation;

    public Oracle Oracle { get; } = new();

    public Lines Log { get; } = new();

    public FakeHost Host { get; } = new(new DurableJson([TestJson.Default]));

    public EngineOptions Options { get; set; } = new(4, 4);

    /// <summary>Set where functions hosts share the store: how long one that is silent keeps its work.</summary>
    public TimeSpan? Lease { get; set; }

    /// <summary>How often and how late an order reaches the host: 0 times is lost.</summary>
    public Func<HostOrder, IReadOnlyList<TimeSpan>> Deliveries { get; set; } = _ => [TimeSpan.Zero];

    /// <summary>The same for its answers.</summary>
    public Func<HostAnswer, IReadOnlyList<TimeSpan>> Answers { get; set; } = _ => [TimeSpan.Zero];

    /// <summary>The functions host that lives now, or lived last.</summary>
    public FunctionsHost Now => last ?? throw new InvalidOperationException("no functions host ran yet");

    public FunctionsHost Start(Action<FaultPlan>? faults = null, IEnumerable<Type>? code = null)
    {
        now = last = new(this, code, Options);
        faults?.Invoke(now.Faults);
        now.Start();
        return now;
    }

    /// <summary>Another functions host on the same store; it lives until it is killed or the world ends.</summary>
    public FunctionsHost StartBeside(Action<FaultPlan>? faults = null, IEnumerable<Type>? code = null)
    {
        var host = new FunctionsHost(this, code, Options);
        beside.Add(host);
        faults?.Invoke(host.Faults);
        host.Start();
        return host;
    }

    /// <summary>Begins the names of this world's functions hosts.</summary>
    public string Name { get; init; } = "functions";

    public string NextName() => $"{Name}-{Interlocked.Increment(ref names)}";

    public async Task StopAsync()
    {
        var ended = Interlocked.Exchange(ref now, null);
        if (ended is not null)
            await ended.DisposeAsync();
    }

    public async Task KillAsync()
    {
        var dead = Interlocked.Exchange(ref now, null);
        if (dead is not null)
            await dead.KillAsync();
    }

    /// <summary>Waits for the planned death, then starts the next life over the same store.</summary>
    public async Task ReviveAsync(Action<FaultPlan>? faults = null)
    {
        await Now.Died.WaitAsync(simulation is null ? RealBound : Bound, time);
        await KillAsync();
        Start(faults);
    }

    /// <summary>Everything ends: the functions host, and what is on its way to or from the host.</summary>
    public async ValueTask DisposeAsync()
    {
        ending = true;
        await StopAsync();
        foreach (var host in beside)
            await host.DisposeAsync();
        while (Left() is { Count: > 0 } left)
            await Task.WhenAll(left);
    }

    public Task<bool> OrderAsync<T>(IOrchestration<T> order, string id, bool supersede = false, bool queue = false) =>
        Now.Db.WriteAsync(tx =>
            Now.Client.StartAsync(tx, order, new(id, RequestId: "req-1", Supersede: supersede, Queue: queue))
        );

    public Task<bool> CancelAsync(string id) => Now.Db.WriteAsync(tx => Now.Client.CancelAsync(tx, id, "unwanted"));

    public Task<bool> TerminateAsync(string id) =>
        Now.Db.WriteAsync(tx => Now.Client.TerminateInstanceAsync(tx, id, "enough"));

    public Task<bool> SuspendAsync(string id) =>
        Now.Db.WriteAsync(tx => Now.Client.SuspendInstanceAsync(tx, id, "a look at it"));

    public Task<bool> ResumeAsync(string id) => Now.Db.WriteAsync(tx => Now.Client.ResumeInstanceAsync(tx, id, "seen"));

    public Task RewindAsync(string id) => Now.Db.WriteAsync(tx => Now.Client.RewindInstanceAsync(tx, id, "repaired"));

    public Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() =>
        store.ReadAsync(tx => Now.Client.ListDeadLettersAsync(tx, null, 100));

    public Task ReplayAsync(long letter) => Now.Db.WriteAsync(tx => Now.Client.ReplayDeadLetterAsync(tx, letter));

    public Task RaiseAsync(string id, string name, string data, string eventId) =>
        Now.Db.WriteAsync(tx => Now.Client.RaiseEventAsync(tx, id, name, data, eventId));

    public Task<OrchestrationState> EndOfAsync(string id) => WhenAsync(id, s => InstanceStatus.IsTerminal(s.Status));

    public async Task<OrchestrationState> WhenAsync(string id, Func<OrchestrationState, bool> condition)
    {
        OrchestrationState? state = null;
        await UntilAsync(
            async () => (state = await StateAsync(id)) is not null && condition(state),
            () => $"{state}\n{string.Join('\n', state?.Steps ?? [])}"
        );
        return state!;
    }

    public async Task UntilAsync(Func<Task<bool>> condition, Func<string>? show = null)
    {
        var bound = time.GetUtcNow() + (simulation is null ? RealBound : Bound);
        for (var wait = 5; !await condition(); wait = simulation is null ? wait : Math.Min(wait * 2, 60_000))
        {
            Assert.True(time.GetUtcNow() < bound, $"it did not come to that: {show?.Invoke()}");
            await LaterAsync(TimeSpan.FromMilliseconds(wait));
        }
    }

    /// <summary>Read from the store itself: a dead host answers nothing.</summary>
    public Task<OrchestrationState?> StateAsync(string id) =>
        new DurableTaskClient(store, Now.Parts).GetInstanceAsync(id);

    public async Task<IReadOnlyList<string>> ThingsAsync() =>
        [
            .. await store.ReadAsync(tx => tx.ListAsync<string>("SELECT name FROM things ORDER BY name")),
            .. Host.Things.Select(t => $"host: {t}"),
        ];

    public Task<IReadOnlyList<string>> DeedsAsync() =>
        store.ReadAsync(tx => tx.ListAsync<string>("SELECT line FROM deeds ORDER BY seq"));

    /// <summary>What waits for something although all has ended: news, steps, orders, locks.</summary>
    public Task<IReadOnlyList<string>> UnansweredAsync() =>
        store.ReadAsync(tx =>
            tx.ListAsync<string>(
                """
                SELECT 'news of ' || instance_id || ' ' || kind FROM inbox
                UNION ALL SELECT 'step ' || name || ' of ' || instance_id FROM tasks
                UNION ALL SELECT 'order ' || body FROM outbox
                UNION ALL SELECT resource || ' held by ' || operation FROM resources WHERE operation IS NOT NULL
                """
            )
        );

    public Task<long> CountAsync(string from) =>
        store.ReadAsync(async tx => await tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {from}"));

    public void Passed(Passage passage)
    {
        simulation?.AssertInside(passage.ToString());
        simulation?.Log.Add($"{passage} of {passage.Instance}");
    }

    /// <summary>Takes an order on its way to the host, and the answer back, as often and as late as the test has it.</summary>
    public void Deliver(HostOrder order)
    {
        foreach (var late in Deliveries(order))
            Begin($"{order.ActivityId} on its host", () => CarryAsync(order, late));
    }

    private async Task CarryAsync(HostOrder order, TimeSpan late)
    {
        await LaterAsync(late);
        var answer = await Host.HandleAsync(order);
        foreach (var delay in Answers(answer))
            Begin($"the answer to {order.ActivityId}", () => AnswerAsync(answer, delay));
    }

    /// <summary>An agent repeats its answer until a functions host has taken it.</summary>
    private async Task AnswerAsync(HostAnswer answer, TimeSpan late)
    {
        await LaterAsync(late);
        while (!ending)
        {
            try
            {
                if ((now ?? beside.LastOrDefault()) is { } host)
                {
                    await host.Client.AnswerAsync(Host.Id, answer);
                    return;
                }
            }
            catch (ProcessDiedException)
            {
                // The next life takes it.
            }
            await LaterAsync(TimeSpan.FromMilliseconds(100));
        }
    }

    private List<Task> Left()
    {
        lock (gate)
            return deliveries.FindAll(d => !d.IsCompleted);
    }

    private Task LaterAsync(TimeSpan late) =>
        late == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(late, time, CancellationToken.None);

    private void Begin(string name, Func<Task> work)
    {
        var task = simulation?.Start(name, work) ?? work();
        lock (gate)
            deliveries.Add(task);
    }
}
