using System.Diagnostics;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable;

/// <param name="InstanceId">Readable, without slashes: `server-{id}-provision-{request id}`.</param>
/// <param name="Supersede">
/// True: an operation that holds the resource is cancelled, and this one begins when its undo is done (a delete).
/// False: a held resource is a conflict.
/// </param>
/// <param name="Queue">True: an operation that holds the resource is waited for, undisturbed. One may wait.</param>
/// <param name="StartAt">
/// When it is to begin; its deadline counts from then, its resource is held from now on. Null, or a time that has passed,
/// for at once.
/// </param>
/// <param name="Tags">Kept with it, shown with it, and given to those it calls.</param>
/// <param name="IfExists">What comes of an id that exists; any but Fail goes with neither Supersede nor Queue.</param>
public sealed record StartOptions(
    string InstanceId,
    ProjectId? Project = null,
    string? RequestId = null,
    bool Supersede = false,
    bool Queue = false,
    DateTimeOffset? StartAt = null,
    IReadOnlyDictionary<string, string>? Tags = null,
    IdReuse IfExists = IdReuse.Fail
);

/// <summary>Starts, cancels and reads orchestrations; everything it writes goes with the caller's transaction.</summary>
public sealed partial class DurableTaskClient(Database db, EngineParts parts)
{
    private const int ResourcesAtOnce = 500;

    /// <summary>An agent does fewer at once.</summary>
    private const int MostStepsOfHost = 64;

    /// <summary>Accepts an orchestration: its row, its resource's lock and its start, or nothing.</summary>
    /// <returns>
    /// False, and nothing was written: the last in line on the resource is of the same kind (an order that supersedes),
    /// or another waits in the queue (one that queues), or one of this id exists (with ReturnExisting).
    /// </returns>
    /// <exception cref="Fault">
    /// Conflict when the resource is held (by one that waits, for an order that supersedes), or an instance of this id exists;
    /// TooLarge.
    /// </exception>
    public async ValueTask<bool> StartAsync<TResult>(Tx tx, IOrchestration<TResult> order, StartOptions options)
    {
        if (options.InstanceId.Contains('/'))
            throw new ArgumentException("an instance id has no slash", nameof(options));
        var name = order.GetType().Name;
        if (options.IfExists != IdReuse.Fail && (options.Supersede || options.Queue))
            throw new ArgumentException("an order that waits for its resource has an id of its own", nameof(options));
        var orchestrator = parts.Registry.Newest(name);
        var startAt = options.StartAt > tx.Now ? options.StartAt : null;
        var input = Payload.Of(parts.Json.WriteAs(order), $"the input of {name}");
        var span = EngineSpans.Accept(name, options, order.Resource);
        var row = new InstanceRow
        {
            Id = options.InstanceId,
            Name = name,
            Version = orchestrator.Version,
            Status = InstanceStatus.Pending,
            Input = input.Text,
            Resource = order.Resource,
            ProjectId = options.Project?.Value,
            RequestId = options.RequestId,
            TraceParent = span?.Id ?? Activity.Current?.Id,
            DeadlineAt = (startAt ?? tx.Now) + orchestrator.Deadline,
            Owner = parts.Owner ?? "",
            Tags = options.Tags is null ? null : parts.Json.Write(new Dictionary<string, string>(options.Tags)),
            StartAt = startAt,
        };
        var accepted =
            options.IfExists == IdReuse.Fail
                ? await AcceptAsync(tx, row, options)
                : await parts.Acceptance.StartAsync(tx, row, options.IfExists);
        if (!accepted)
            return false;
        await tx.SavePayloadAsync(row.Id, row.Generation, input);
        EngineSpans.EmitWith(tx, span);
        return true;
    }

    private async ValueTask<bool> AcceptAsync(Tx tx, InstanceRow row, StartOptions options)
    {
        var epoch = row.Resource is { } resource ? await tx.TryLockAsync(resource, row.Id) : 0;
        if (epoch is null && !await WaitAsync(tx, row, options))
            return false;
        if (!await tx.AddInstanceAsync(row with { Epoch = epoch ?? 0 }))
            throw Acceptance.Exists(row.Id);
        if (epoch is not null)
            await parts.BeginAsync(tx, row);
        return true;
    }

    /// <summary>
    /// Asks an orchestration to stop: its open steps are cancelled, its done ones undone. One that is suspended hears of it
    /// when it is resumed.
    /// </summary>
    /// <returns>False when there is none of this id that runs.</returns>
    public async ValueTask<bool> CancelAsync(Tx tx, string instanceId, string reason)
    {
        if (await tx.FindInstanceAsync(instanceId) is not { } row || InstanceStatus.IsTerminal(row.Status))
            return false;
        var fault = parts.Json.Write(new FaultDetails(FaultCode.Cancelled, reason));
        var key = new TaskKey(instanceId, HubStore.AnyGeneration, -1);
        tx.AddInbox(key, HistoryKind.CancelRequested, null, fault, tx.Now);
        if (row.StartAt > tx.Now)
            await tx.BringForwardAsync(row);
        tx.OnCommitted(() => parts.Wake(instanceId));
        return true;
    }

    /// <summary>Raises an external event; it waits in the mailbox until the orchestrator asks for it.</summary>
    /// <param name="eventId">The same id again is dropped, as long as the orchestration runs.</param>
    /// <exception cref="Fault">NotFound when there is no such instance, or it has ended; TooLarge.</exception>
    public ValueTask RaiseEventAsync<T>(Tx tx, string instanceId, string eventName, T data, string eventId) =>
        RaiseJsonAsync(tx, instanceId, eventName, parts.Json.Write(data), eventId);

    /// <summary>The same of an event that came as JSON.</summary>
    public async ValueTask RaiseJsonAsync(Tx tx, string instanceId, string eventName, string json, string eventId)
    {
        if (await tx.FindInstanceAsync(instanceId) is not { } row || InstanceStatus.IsTerminal(row.Status))
            throw Fault.NotFound($"No running orchestration '{instanceId}'.");
        // No other event shares it, also not one of the same data: it goes when this one is taken and over.
        var data = Payload.Of(json, $"the event {eventName}", apart: $"{eventId}\n");
        if (await tx.AddMailAsync(instanceId, eventName, data.Text, eventId))
        {
            await tx.SavePayloadAsync(instanceId, PayloadStore.AllGenerations, data);
            EngineSpans.EmitWith(tx, WaitSpans.Raise(instanceId, eventName));
        }
        tx.OnCommitted(() => parts.Wake(instanceId));
    }

    public Task<OrchestrationState?> GetInstanceAsync(string instanceId) =>
        db.ReadAsync(async tx => await tx.FindInstanceAsync(instanceId) is { } row ? await StateAsync(tx, row) : null);

    /// <summary>All orchestrations of a resource, oldest first, with their steps, whose results are references where they are large.</summary>
    public async ValueTask<IReadOnlyList<OrchestrationState>> ListAsync(Tx tx, string resource)
    {
        var states = new List<OrchestrationState>();
        foreach (var row in await tx.ListInstancesAsync(resource))
            states.Add(await StateAsync(tx, row, 0));
        return states;
    }

    /// <summary>Of these resources, those that an orchestration held at some time since, or is to hold next.</summary>
    public async ValueTask<IReadOnlySet<string>> ListOperatedAsync(
        Tx tx,
        IEnumerable<string> resources,
        DateTimeOffset since
    )
    {
        var operated = new HashSet<string>(StringComparer.Ordinal);
        foreach (var chunk in resources.Distinct(StringComparer.Ordinal).Chunk(ResourcesAtOnce))
            operated.UnionWith(await tx.ListOperatedAsync(chunk, since));
        return operated;
    }

    /// <summary>Forgets an orchestration that has ended, with its history; one that runs, or is not there, is left so.</summary>
    /// <returns>True when it is gone now.</returns>
    public ValueTask<bool> PurgeInstanceAsync(Tx tx, string instanceId) => tx.PurgeAsync(instanceId);

    /// <summary>Takes a host's answer to a step. An answer nobody waits for any more is accepted and dropped.</summary>
    public Task AnswerAsync(HostId host, Contracts.Hosts.HostAnswer answer) => parts.Answers.AcceptAsync(host, answer);

    /// <summary>Takes how far a host is with its steps. What is said of another host's, or of an earlier try, is left out.</summary>
    public async ValueTask TellProgressAsync(Tx tx, HostId host, IReadOnlyList<Contracts.Hosts.StepProgress> steps)
    {
        foreach (var step in steps.Take(MostStepsOfHost))
            if (TaskKey.TryParse(step.ActivityId, out var key))
                await tx.SetDoneAsync(key, host, step.Attempt, Math.Clamp(step.Done, 0, 1));
    }

    private ValueTask<bool> WaitAsync(Tx tx, InstanceRow row, StartOptions options) =>
        options.Supersede ? SucceedAsync(tx, row)
        : options.Queue ? tx.TrySucceedAsync(row.Resource!, row.Id)
        : throw Operations.Busy(row.Resource!);

    /// <summary>Makes an order the next on its resource. False when the last in line is one of its kind.</summary>
    private async ValueTask<bool> SucceedAsync(Tx tx, InstanceRow row)
    {
        var held = (await tx.FindHeldAsync(row.Resource!))!;
        var last = (await tx.FindInstanceAsync(held.NextOperation ?? held.Operation!))!;
        if (last.Name == row.Name)
            return false;
        if (!await tx.TrySucceedAsync(row.Resource!, row.Id))
            throw Operations.Busy(row.Resource!);
        await CancelAsync(tx, held.Operation!, $"superseded by {row.Id}");
        return true;
    }

    private async ValueTask<OrchestrationState> StateAsync(Tx tx, InstanceRow row, long most = long.MaxValue)
    {
        var history = (await tx.ListHistoryAsync(row, 0)).Select(h => h.Event).ToList();
        var open = await tx.ListTasksAsync(row.Id);
        var whole = await PayloadTexts.ReadAsync(tx, row, history, most);
        return OrchestrationState.From(whole.Row, whole.History, open, parts.Json);
    }
}
