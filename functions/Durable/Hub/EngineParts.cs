using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>What client, workers and answers share: the code's registry, JSON, and the hints that wake the workers.</summary>
public sealed class EngineParts
{
    public EngineParts(Database db, IEnumerable<DurableAssembly> assemblies, IServiceProvider services)
    {
        var all = assemblies.ToList();
        Json = new DurableJson(all.Select(a => a.Json));
        registry = new Lazy<DurableRegistry>(() => new DurableRegistry(all, Json, services));
        Answers = new HostAnswers(db, this);
    }

    private readonly Lazy<DurableRegistry> registry;

    public DurableJson Json { get; }

    /// <summary>Set by the runtime: a task of a host was cancelled. A hint; the fence is what stops it.</summary>
    public Action<HostId, string> HostTaskCancelled { get; set; } = (_, _) => { };

    /// <summary>Set by the runtime: the outbox has something to send.</summary>
    public Action OutboxFilled { get; set; } = () => { };

    /// <summary>Where a fault plan looks in; does nothing in production.</summary>
    public Func<EnginePoint, string, string, ValueTask> Probe { get; set; } = (_, _, _) => ValueTask.CompletedTask;

    internal DurableRegistry Registry => registry.Value;

    internal HostAnswers Answers { get; }

    internal Action<string> Wake { get; set; } = _ => { };

    internal Action<TaskKey> WakeTask { get; set; } = _ => { };

    internal Action<DateTimeOffset> WakeAt { get; set; } = _ => { };

    /// <summary>The start message and the deadline of an instance that may run now.</summary>
    internal async ValueTask BeginAsync(Tx tx, InstanceRow row)
    {
        var key = new TaskKey(row.Id, row.Generation, -1);
        var deadline = tx.Now + Registry.Orchestrator(row.Name).Deadline;
        var late = new FaultDetails(FaultCode.Timeout, $"{row.Name} did not end by its deadline");
        await tx.AddInboxAsync(key, HistoryKind.ExecutionStarted, row.Name, row.Input, tx.Now);
        await tx.AddInboxAsync(key, HistoryKind.DeadlineReached, null, Json.Write(late), deadline);
        tx.OnCommitted(() =>
        {
            Wake(row.Id);
            WakeAt(deadline);
        });
    }
}
