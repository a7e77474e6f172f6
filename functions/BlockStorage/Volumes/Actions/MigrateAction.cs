using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Types;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>An operator moves a volume to a backend by its name. Its owner sees nothing of it, unless it is locked meanwhile.</summary>
internal sealed class MigrateAction(Database db, VolumeOperations operations, IHosts hosts, Randomness randomness)
    : IVolumeAction
{
    private const string Rule = "volume_extension:volume_admin_actions:migrate_volume";

    public string Key => "os-migrate_volume";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        VolumeAction.RequireAdmin(caller, Rule);
        var order = argument.Object();
        order.Only("host", "force_host_copy", "lock_volume", "cluster");
        if (order.Nullable("cluster") is { } cluster)
            throw cluster.Wrong("is not offered: there are no clusters");
        var host = order["host"].String(1);
        order.Nullable("force_host_copy")?.Bool(text: true); // no backend moves volumes by itself: hosts always copy
        var locks = order.Nullable("lock_volume")?.Bool(text: true) ?? false;
        var name = new VolumeId(randomness.NewGuid());
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            var type = await tx.FindVolumeTypeAsync(volume.VolumeTypeId);
            var specs = type?.Specs ?? [];
            var to = await TargetAsync(tx, volume, host, specs);
            var changed = volume with
            {
                Status = locks ? VolumeStatus.Maintenance : VolumeStatus.Moving,
                PreviousStatus = volume.Status,
                MigrationStatus = MigrationStatuses.Starting,
            };
            var move = new MoveVolume(volume.Id, name, specs, Moves: true, requestId.Value) { To = to };
            return await operations.BeginAsync(tx, changed, move, caller, requestId, ("migrate", Rule));
        });
        return Answer.Empty(202);
    }

    /// <exception cref="Fault">BadRequest when the volume cannot move, or not there.</exception>
    private async ValueTask<BackendPlace> TargetAsync(
        Tx tx,
        Volume volume,
        string host,
        IReadOnlyDictionary<string, string> specs
    )
    {
        var row =
            (await tx.ListBackendsAsync()).FirstOrDefault(b => b.Pool == host || b.Service == host)
            ?? throw Fault.BadRequest($"Invalid host: No available service named '{host}'");
        var (free, used) = (volume.Status == VolumeStatus.Available, volume.Status == VolumeStatus.InUse);
        if (
            volume.Place is not { } place
            || volume.Other is not null
            || volume.IsMoving
            || !(free || used)
            || place == row.Place
        )
            throw VolumeOperations.Wrong(
                $"Volume {volume.Id} status must be available or in-use, must not be migrating, have snapshots, be replicated, "
                    + "be part of a group and destination host/cluster must be different than the current one"
            );
        await VolumeMoves.CheckAsync(tx, volume);
        var up = (await hosts.ListUpAsync(tx)).ToHashSet();
        var found = BackendScheduler.Rank([row], up, VolumeMoves.WishOf(volume, specs, leavesZone: true), new());
        return found.Ranked.Count > 0
            ? row.Place
            : throw Fault.BadRequest($"Invalid host: {BackendScheduler.NoValidBackend(found).Message}");
    }
}
