using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Transfers;

/// <summary>Takes an offer back. Its volume is available again, unless it has gone on to something else.</summary>
internal sealed class DeleteTransfer(Database db)
{
    private const string Rule = "volume:delete_transfer";

    [Function("volume-delete-transfer"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = TransferRoutes.Old + "/{id}")]
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = TransferRoutes.New + "/{id}")]
            HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version
    )
    {
        TransferRoutes.Check(request, version);
        await db.WriteAsync(async tx =>
        {
            var transfer = await TransferOperations.FindAsync(tx, id, caller);
            var volume = await TransferOperations.HoldAsync(tx, transfer);
            await tx.DeleteTransferOfAsync(volume.Id);
            if (volume.Status == VolumeStatus.AwaitingTransfer)
                await tx.SaveVolumeAsync(volume with { Status = VolumeStatus.Available, PreviousStatus = null });
            await tx.AuditAsync(caller.Audit(requestId, Rule, Transfer.ResourceOf(transfer.Id)));
        });
        return Answer.Empty(202);
    }
}
