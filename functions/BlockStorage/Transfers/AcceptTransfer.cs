using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Transfers;

/// <summary>Who has the key takes the volume with its snapshots: theirs, what they count for, and the end of the offer in one transaction.</summary>
internal sealed class AcceptTransfer(Database db, PublicUrl publicUrl)
{
    private const string Rule = "volume:accept_transfer";

    [Function("volume-accept-transfer"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TransferRoutes.Old + "/{id}/accept")]
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TransferRoutes.New + "/{id}/accept")]
            HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        TransferRoutes.Check(request, version);
        var order = (await request.ReadFieldsAsync(ct)).Object("accept");
        order.Only("auth_key");
        var key = order["auth_key"].String(1);
        var transfer = await db.ReadAsync(tx => TransferOperations.KnownAsync(tx, id));
        if (!TransferKey.Opens(key, transfer))
            throw Fault.BadRequest($"Invalid auth key: Attempt to transfer {transfer.Id} with invalid auth key.");
        await db.WriteAsync(async tx =>
        {
            var volume = await TransferOperations.HoldAsync(tx, transfer);
            if (volume.Status != VolumeStatus.AwaitingTransfer)
                throw VolumeOperations.Wrong(
                    $"Transfer {transfer.Id}: Volume id {volume.Id} in unexpected state {volume.Status}, expected awaiting-transfer"
                );
            await MoveUsageAsync(tx, volume, await tx.LockSnapshotsOfAsync(volume.Id), caller.Project);
            await tx.HandOverAsync(volume, caller.Project, caller.UserId);
            await tx.DeleteTransferOfAsync(volume.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, Transfer.ResourceOf(transfer.Id)));
        });
        var baseUrl = publicUrl.Of(request);
        return TransferView.Answer(202, w => TransferView.WriteShort(w, transfer, caller.ProjectId, baseUrl));
    }

    /// <summary>Two projects' rows, always in the same order, so that two that give to each other do not wait for each other.</summary>
    private static async ValueTask MoveUsageAsync(Tx tx, Volume volume, IReadOnlyList<Snapshot> snapshots, ProjectId to)
    {
        (string Resource, long Amount)[] moved =
        [
            .. VolumeUsage
                .Of(volume)
                .Concat(snapshots.SelectMany(s => VolumeUsage.Of(s)))
                .GroupBy(u => u.Resource)
                .Select(g => (g.Key, g.Sum(u => u.Amount))),
        ];
        var givesFirst = string.CompareOrdinal(volume.ProjectId.Value, to.Value) <= 0;
        if (givesFirst)
            await tx.ReleaseUsageAsync(volume.ProjectId, moved);
        await VolumeQuota.CheckVolumeSizeAsync(tx, to, volume.SizeGib);
        await VolumeQuota.ClaimAsync(tx, to, moved);
        await TypeQuota.CheckAsync(tx, to, volume.VolumeTypeId, moved);
        if (!givesFirst)
            await tx.ReleaseUsageAsync(volume.ProjectId, moved);
    }
}
