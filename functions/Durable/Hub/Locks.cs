using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Locks of orchestrations: who waits hears of its turn as news, in the commit of whoever gave the name up.</summary>
internal sealed class Locks(EngineParts parts)
{
    public async ValueTask RequestAsync(Tx tx, TaskKey request, IReadOnlyCollection<string> names)
    {
        await tx.HoldLocksAsync();
        foreach (var name in names)
            await tx.AddLockAsync(request, name);
        await GrantAsync(tx, names);
    }

    public async ValueTask ReleaseAsync(Tx tx, TaskKey request)
    {
        await tx.HoldLocksAsync();
        await GrantAsync(tx, await tx.DropLocksAsync(request));
    }

    /// <summary>In the commit that ends an instance, or its generation, in whatever way: before its unread news goes.</summary>
    public async ValueTask ReleaseAllAsync(Tx tx, string instance)
    {
        // Its own commits alone add such rows, and this is one.
        if (!await tx.AnyLocksAsync(instance))
            return;
        await tx.HoldLocksAsync();
        await GrantAsync(tx, await tx.DropLocksAsync(instance));
    }

    private async ValueTask GrantAsync(Tx tx, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0)
            return;
        foreach (var granted in await tx.GrantLocksAsync(names))
        {
            tx.AddInbox(granted, HistoryKind.LockGranted, null, null, tx.Now);
            tx.OnCommitted(() => parts.Wake(granted.InstanceId));
        }
    }
}
