using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>What client, workers and answers share: the code's registry, JSON, and the hints that wake the workers.</summary>
public sealed class EngineParts
{
    private readonly Lazy<DurableRegistry> registry;
    private static readonly Func<EnginePoint, string, string, ValueTask> Nobody = (_, _, _) => ValueTask.CompletedTask;
    private readonly TimeProvider time;

    public EngineParts(
        Database db,
        IEnumerable<DurableAssembly> assemblies,
        IServiceProvider services,
        TimeProvider time
    )
    {
        var all = assemblies.ToList();
        this.time = time;
        Json = new DurableJson(all.Select(a => a.Json));
        // Built at the engine's start: handlers may themselves need the client, and so these parts.
        registry = new Lazy<DurableRegistry>(() => new DurableRegistry(all, Json, services));
        Answers = new HostAnswers(db, this);
        Followers = new Followers(db, time);
        Children = new Children(this);
        Acceptance = new Acceptance(this);
        Locks = new Locks(this);
    }

    public DurableJson Json { get; }

    /// <summary>Set by the runtime: a task of a host was cancelled. A hint; the fence is what stops it.</summary>
    public Action<HostId, string> HostTaskCancelled { get; set; } = (_, _) => { };

    /// <summary>Set by the runtime: the outbox has something to send.</summary>
    public Action OutboxFilled { get; set; } = () => { };

    /// <summary>Where a fault plan looks in; does nothing in production.</summary>
    public Func<EnginePoint, string, string, ValueTask> Probe { get; set; } = Nobody;

    /// <summary>This functions host in its present tenure; "" where it has the store to itself, null while it has no lease.</summary>
    public string? Owner { get; internal set; } = "";

    /// <summary>Whether anybody looks in.</summary>
    internal bool IsProbed => Probe != Nobody;

    internal DurableRegistry Registry => registry.Value;

    /// <summary>As it will be read back, so that the first run and every replay see the same time.</summary>
    internal DateTimeOffset Now => Time.FromMicroseconds(Time.ToMicroseconds(time.GetUtcNow()));

    internal HostAnswers Answers { get; }

    /// <summary>The engine's, as soon as there is one.</summary>
    internal ILogger Logger { get; set; } = NullLogger.Instance;

    internal Followers Followers { get; }
    internal Children Children { get; }

    internal Acceptance Acceptance { get; }

    internal Locks Locks { get; }

    internal Action<string> Wake { get; set; } = _ => { };

    internal Action<TaskKey, string> WakeTask { get; set; } = (_, _) => { };

    internal Action<DateTimeOffset> WakeAt { get; set; } = _ => { };

    /// <summary>A task that runs in this process is told that nobody wants it any more.</summary>
    internal Action<TaskKey> StopTask { get; set; } = _ => { };

    /// <summary>The same for all tasks of an instance that was ended through another functions host.</summary>
    internal Action<string, int> StopInstance { get; set; } = (_, _) => { };

    /// <summary>Lets an instance that holds what it needs run: its start message, visible at its time, and its deadline.</summary>
    internal async ValueTask BeginAsync(Tx tx, InstanceRow row)
    {
        var key = new TaskKey(row.Id, row.Generation, -1);
        var (now, begin) = (tx.Now, row.StartAt > tx.Now ? row.StartAt.Value : tx.Now);
        tx.AddInbox(key, HistoryKind.ExecutionStarted, row.Name, row.Input, begin);
        await SetDeadlineAsync(tx, row);
        tx.OnCommitted(() =>
        {
            if (begin > now)
                WakeAt(begin);
            else
                Wake(row.Id);
            Followers.Moved(row.Id, row.Resource);
        });
    }

    internal async ValueTask SetDeadlineAsync(Tx tx, InstanceRow row)
    {
        var key = new TaskKey(row.Id, row.Generation, -1);
        var late = new FaultDetails(FaultCode.Timeout, $"{row.Name} did not end by its deadline");
        tx.AddInbox(key, HistoryKind.DeadlineReached, null, Json.Write(late), row.DeadlineAt);
        tx.OnCommitted(() => WakeAt(row.DeadlineAt));
    }

    /// <summary>Tells whoever carries a task out, here or on a host, that nobody wants it any more. Hints, after the commit.</summary>
    internal void StopAfterCommit(Tx tx, TaskRow task)
    {
        if (task.Kind == TaskRow.Local)
            tx.OnCommitted(() => StopTask(task.Key));
        else if (task is { Kind: TaskRow.OnHost, Sends: > 0 })
            tx.OnCommitted(() => HostTaskCancelled(task.HostId, task.Key.ToString()));
    }
}
