using System.Diagnostics;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>Orchestrations that others call: their start, the news of their end, and the end they share with their caller.</summary>
internal sealed class Children(EngineParts parts)
{
    /// <summary>The row of a called orchestration, all but what its start decides.</summary>
    /// <exception cref="Fault">Unavailable when its code is not loaded.</exception>
    public InstanceRow Row(InstanceRow parent, TaskKey call, PendingAction action, Activity? span)
    {
        var (_, resource, options) = action.Child!;
        var name = action.Event.Name!;
        return new InstanceRow
        {
            Id = options.InstanceId ?? $"{call.InstanceId}:{call.Generation:x}.{call.TaskId:x}",
            Name = name,
            Version = parts.Registry.Newest(name).Version,
            Status = InstanceStatus.Pending,
            Input = action.Event.Data!,
            Resource = resource,
            Epoch = action.Epoch,
            ProjectId = parent.ProjectId,
            RequestId = parent.RequestId,
            TraceParent = span?.Id ?? parent.TraceParent,
            Owner = parent.Owner,
            ParentId = call.InstanceId,
            ParentGeneration = call.Generation,
            ParentTask = call.TaskId,
            SharesLock = resource is not null && resource == parent.Resource,
            Detached = options.Detached,
            Tags = parent.Tags,
        };
    }

    /// <summary>Begins it, or tells the caller why it cannot begin: a clash fails the call.</summary>
    /// <param name="again">The call was made before its caller was rewound; what it started may have been so too.</param>
    public async ValueTask StartAsync(Tx tx, InstanceRow child, Payload input, bool again)
    {
        if (again && await tx.HasCalledAsync(CallOf(child)))
            return;
        if (await TryStartAsync(tx, child) is not { } fault)
        {
            await tx.SavePayloadAsync(child.Id, child.Generation, input);
            return;
        }
        var call = CallOf(child);
        var details = parts.Json.Write(fault.Details);
        tx.AddInbox(call, HistoryKind.SubOrchestrationInstanceFailed, null, details, tx.Now);
        tx.OnCommitted(() => parts.Wake(call.InstanceId));
    }

    /// <summary>In the commit that ends it: the caller hears of it, wherever that one runs.</summary>
    public async ValueTask TellCallerAsync(Tx tx, InstanceRow child, EpisodeWrite end)
    {
        if (child.ParentId is null)
            return;
        var call = CallOf(child);
        var epoch = child.SharesLock ? (await tx.FindHeldAsync(child.Resource!))?.Epoch.ToString() : null;
        if (end.Status == InstanceStatus.Completed)
        {
            await tx.SharePayloadAsync(child.Id, end.Output, call);
            tx.TellCaller(call, HistoryKind.SubOrchestrationInstanceCompleted, epoch, end.Output);
        }
        else
            tx.TellCaller(call, HistoryKind.SubOrchestrationInstanceFailed, epoch, end.Fault ?? Ended(child));
        tx.OnCommitted(() => parts.Wake(call.InstanceId));
    }

    /// <summary>Asks the one that a call started to stop.</summary>
    public async ValueTask CancelAsync(Tx tx, TaskKey call)
    {
        if (await tx.FindChildAsync(call) is { } child)
            await CancelAsync(tx, child, $"{call.InstanceId} wants it no more");
    }

    /// <summary>Asks all to stop that are not to outlive their caller.</summary>
    public async ValueTask CancelAllAsync(Tx tx, string caller, string reason)
    {
        foreach (var child in await tx.ListDependentsAsync(caller))
            await CancelAsync(tx, child, reason);
    }

    /// <summary>
    /// Whoever ends while others work on its resource under its lock leaves it to one of them.
    /// </summary>
    /// <returns>False when the lock is to be given up.</returns>
    public async ValueTask<bool> BequeathAsync(Tx tx, InstanceRow ending)
    {
        var resource = ending.Resource!;
        if (await tx.HoldResourceAsync(resource) != ending.Id)
            return true;
        if (await tx.FindSharerAsync(resource, ending.Id) is not { } heir)
            return false;
        await tx.BequeathAsync(resource, heir);
        return true;
    }

    private async ValueTask<Fault?> TryStartAsync(Tx tx, InstanceRow child)
    {
        if (child is { SharesLock: true, Detached: true })
            return Fault.Conflict(
                $"{child.Id} cannot outlive {child.ParentId}, under whose lock on {child.Resource} it works."
            );
        if (child.SharesLock && await tx.FindSharerAsync(child.Resource!, child.ParentId!) is { } other)
            return Fault.Conflict($"{other} works on {child.Resource} under its caller's lock already.");
        var own = child is { Resource: not null, SharesLock: false };
        var epoch = own ? await tx.TryLockAsync(child.Resource!, child.Id) : child.Epoch;
        if (epoch is null)
            return Operations.Busy(child.Resource!);
        var deadline = tx.Now + parts.Registry.Orchestrator(child.Name, child.Version).Deadline;
        var row = child with { Epoch = epoch.Value, DeadlineAt = deadline };
        if (await tx.AddInstanceAsync(row))
        {
            await parts.BeginAsync(tx, row);
            return null;
        }
        if (own)
            await tx.UnlockAsync(child.Resource!, child.Id);
        return Fault.Conflict($"An orchestration '{child.Id}' exists already.");
    }

    private async ValueTask CancelAsync(Tx tx, InstanceRow child, string reason)
    {
        var fault = parts.Json.Write(new FaultDetails(FaultCode.Cancelled, reason));
        var key = new TaskKey(child.Id, HubStore.AnyGeneration, -1);
        tx.AddInbox(key, HistoryKind.CancelRequested, null, fault, tx.Now);
        tx.OnCommitted(() => parts.Wake(child.Id));
    }

    private string Ended(InstanceRow child) =>
        parts.Json.Write(new FaultDetails(FaultCode.Cancelled, $"{child.Name} was ended"));

    private static TaskKey CallOf(InstanceRow child) =>
        new(child.ParentId!, child.ParentGeneration!.Value, child.ParentTask!.Value);
}
