using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Transfers;

/// <summary>Offers a volume with its snapshots. It waits in `awaiting-transfer` until it is accepted or the offer is taken back.</summary>
internal sealed class CreateTransfer(Database db, Randomness randomness, PublicUrl publicUrl)
{
    private const string Rule = "volume:create_transfer";

    [Function("volume-create-transfer"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TransferRoutes.Old)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TransferRoutes.New)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        TransferRoutes.Check(request, version);
        var order = (await request.ReadFieldsAsync(ct)).Object("transfer");
        order.Only(
            version < VolumeVersions.TransferSnapshots ? ["volume_id", "name"] : ["volume_id", "name", "no_snapshots"]
        );
        var alone = order.Nullable("no_snapshots")?.Bool(text: true) ?? false;
        var volumeId = order["volume_id"].String();
        var name = NewVolume.NameOf(order.Nullable("name"));
        var id = new TransferId(randomness.NewGuid());
        var key = TransferKey.Make(randomness);
        var transfer = await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, volumeId, caller);
            if (volume.Status != VolumeStatus.Available)
                throw VolumeOperations.Wrong("status must be available");
            var snapshots = await tx.LockSnapshotsOfAsync(volume.Id);
            if (alone && snapshots.Count > 0)
                throw VolumeOperations.Wrong($"it has {snapshots.Count} snapshots, which cannot stay without it.");
            if (snapshots.Any(s => s.Status != SnapshotStatus.Available))
                throw SnapshotOperations.Wrong("snapshots of the volume must be available to be transferred with it.");
            await tx.DeleteTransferOfAsync(volume.Id); // of an offer that an operator's reset-status has passed over
            var offered = new Transfer
            {
                Id = id,
                VolumeId = volume.Id,
                ProjectId = volume.ProjectId,
                Name = name,
                NoSnapshots = alone,
                Salt = key.Salt,
                KeyHash = key.Hash,
                CreatedAt = tx.Now,
            };
            await tx.AddTransferAsync(offered);
            await tx.SaveVolumeAsync(
                volume with
                {
                    Status = VolumeStatus.AwaitingTransfer,
                    PreviousStatus = volume.Status,
                }
            );
            await tx.AuditAsync(caller.Audit(requestId, Rule, Transfer.ResourceOf(id)));
            return offered;
        });
        var baseUrl = publicUrl.Of(request);
        return TransferView.Answer(
            202,
            w => TransferView.Write(w, transfer, caller.ProjectId, baseUrl, version, key.Text)
        );
    }
}
