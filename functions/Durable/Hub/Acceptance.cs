using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Starts under an id that may exist. The id comes first, then the resource, so that of two at once the row decides.</summary>
internal sealed class Acceptance(EngineParts parts)
{
    /// <returns>False when one of this id exists, and that is as it should be.</returns>
    /// <exception cref="Fault">Conflict: one of this id runs, or another holds the resource.</exception>
    public async ValueTask<bool> StartAsync(Tx tx, InstanceRow row, IdReuse reuse)
    {
        if (!await tx.AddInstanceAsync(row))
        {
            if (reuse == IdReuse.ReturnExisting)
                return false;
            row = row with { Generation = await ReplaceAsync(tx, row.Id) };
            if (!await tx.AddInstanceAsync(row))
                throw Exists(row.Id);
        }
        if (row.Resource is { } resource)
        {
            var epoch = await tx.TryLockAsync(resource, row.Id) ?? throw Operations.Busy(resource);
            await tx.SetEpochAsync(row.Id, epoch, row.DeadlineAt);
        }
        await parts.BeginAsync(tx, row);
        return true;
    }

    public static Fault Exists(string id) => Fault.Conflict($"An orchestration '{id}' exists already.");

    /// <summary>
    /// The new one's generation: above the old one's, since hosts keep the names of steps in their journals, and what is
    /// still on its way to the old one must not reach the new.
    /// </summary>
    private static async ValueTask<int> ReplaceAsync(Tx tx, string id)
    {
        var old = await tx.TakeEndedAsync(id) ?? throw Exists(id);
        await tx.DropHistoryAsync(id);
        await tx.DropPayloadsAsync(id);
        tx.DropWaits(id);
        return old.Generation + 1;
    }
}
