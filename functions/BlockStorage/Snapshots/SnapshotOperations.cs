using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>What all that is done to a standing snapshot does alike: see it, check it, record who asked.</summary>
internal sealed class SnapshotOperations(Database db, DurableTaskClient durable)
{
    /// <summary>The snapshot if the caller may see it.</summary>
    /// <exception cref="Fault">NotFound otherwise.</exception>
    public static async ValueTask<Snapshot> FindAsync(Tx tx, string id, Caller caller) =>
        Seen(SnapshotId.TryParse(id, out var known) ? await tx.FindSnapshotAsync(known) : null, id, caller);

    /// <summary>The same, and nobody else decides on it until the transaction ends.</summary>
    public static async ValueTask<Snapshot> LockAsync(Tx tx, string id, Caller caller) =>
        Seen(SnapshotId.TryParse(id, out var known) ? await tx.LockSnapshotAsync(known) : null, id, caller);

    /// <param name="change">Checks the snapshot, and gives it as it is from then on; it may run again.</param>
    public Task<Snapshot> ChangeAsync(
        string id,
        Caller caller,
        RequestId requestId,
        string rule,
        Func<Snapshot, Snapshot> change
    ) =>
        db.WriteAsync(async tx =>
        {
            var changed = change(await LockAsync(tx, id, caller)) with { UpdatedAt = tx.Now };
            await tx.SaveSnapshotAsync(changed);
            await tx.AuditAsync(caller.Audit(requestId, rule, Snapshot.ResourceOf(changed.Id)));
            return changed;
        });

    /// <summary>Sets the intent to delete: what is being done to the snapshot is cancelled and undone, then the delete runs.</summary>
    /// <param name="force">Whatever its status shows.</param>
    public Task DeleteAsync(string id, Caller caller, RequestId requestId, string rule, bool force) =>
        db.WriteAsync(async tx =>
        {
            var snapshot = await LockAsync(tx, id, caller);
            if (snapshot.Status == SnapshotStatus.Deleting)
                return; // the same intent stands already
            if (!force && !SnapshotStatus.IsDeletable(snapshot.Status))
                throw Wrong($"Volume Snapshot status must be available or error, but it is {snapshot.Status}.");
            if (await tx.CountMadeFromAsync(null, snapshot.Id) > 0)
                throw Wrong($"A volume is being made from snapshot {snapshot.Id}; it can be deleted afterwards.");
            var instance = $"snapshot-{snapshot.Id}-delete-{requestId}";
            var options = new StartOptions(instance, snapshot.ProjectId, requestId.Value, Supersede: true);
            var order = new Orchestrations.DeleteSnapshot(snapshot.Id);
            if (!await durable.StartAsync(tx, order, options))
                return;
            await tx.SaveSnapshotAsync(snapshot with { Status = SnapshotStatus.Deleting });
            await tx.AuditAsync(caller.Audit(requestId, rule, Snapshot.ResourceOf(snapshot.Id)));
        });

    /// <summary>Cinder's 400 for a status that does not fit.</summary>
    public static Fault Wrong(string why) => Fault.BadRequest($"Invalid snapshot: {why}");

    private static Snapshot Seen(Snapshot? snapshot, string id, Caller caller) =>
        snapshot is not null && (caller.IsAdmin || snapshot.ProjectId == caller.ProjectId)
            ? snapshot
            : throw Fault.NotFound($"Snapshot {id} could not be found.");
}
