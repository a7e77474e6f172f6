using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>What all that is done to a standing volume does alike: see it, check its status, lock it, record who asked.</summary>
internal sealed class VolumeOperations(Database db, DurableTaskClient durable)
{
    /// <summary>The volume if the caller may see it.</summary>
    /// <exception cref="Fault">NotFound otherwise: another project's volume does not exist for the caller.</exception>
    public static async ValueTask<Volume> FindAsync(Tx tx, string id, Caller caller) =>
        Seen(VolumeId.TryParse(id, out var known) ? await tx.FindVolumeAsync(known) : null, id, caller);

    /// <summary>The same, and nobody else decides on it until the transaction ends.</summary>
    public static async ValueTask<Volume> LockAsync(Tx tx, string id, Caller caller) =>
        Seen(VolumeId.TryParse(id, out var known) ? await tx.LockVolumeAsync(known) : null, id, caller);

    /// <summary>Changes what a volume says of itself, or starts nothing longer.</summary>
    /// <param name="change">Checks the volume, and gives it as it is from then on; it may run again.</param>
    public Task<Volume> ChangeAsync(
        string id,
        Caller caller,
        RequestId requestId,
        string rule,
        Func<Volume, Volume> change
    ) =>
        db.WriteAsync(async tx =>
        {
            var changed = change(await LockAsync(tx, id, caller)) with { UpdatedAt = tx.Now };
            await tx.SaveVolumeAsync(changed);
            await tx.AuditAsync(caller.Audit(requestId, rule, Volume.ResourceOf(changed.Id)));
            return changed;
        });

    /// <summary>Begins an operation in the caller's transaction; the volume's lock is its from then on.</summary>
    /// <param name="action">A word for the orchestration's id.</param>
    /// <returns>False when the same intent stands already.</returns>
    public async ValueTask<bool> BeginAsync(
        Tx tx,
        Volume changed,
        IOrchestration<Done> order,
        Caller caller,
        RequestId requestId,
        (string Action, string Rule) name,
        bool supersede = false
    )
    {
        var instance = $"volume-{changed.Id}-{name.Action}-{requestId}";
        var options = new StartOptions(instance, changed.ProjectId, requestId.Value, supersede);
        if (!await StartAsync(tx, order, options, changed))
            return false;
        await tx.SaveVolumeAsync(changed);
        await tx.AuditAsync(caller.Audit(requestId, name.Rule, Volume.ResourceOf(changed.Id)));
        return true;
    }

    /// <summary>Cinder's 400 for a status that does not fit.</summary>
    public static Fault Wrong(string why) => Fault.BadRequest($"Invalid volume: {why}");

    private static Volume Seen(Volume? volume, string id, Caller caller) =>
        volume is not null && (caller.IsAdmin || volume.ProjectId == caller.ProjectId)
            ? volume
            : throw Fault.NotFound($"Volume {id} could not be found.");

    private async ValueTask<bool> StartAsync(Tx tx, IOrchestration<Done> order, StartOptions options, Volume volume)
    {
        try
        {
            return await durable.StartAsync(tx, order, options);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            throw Wrong($"Volume {volume.Id} is being operated on, its status is {volume.Status}.");
        }
    }
}
