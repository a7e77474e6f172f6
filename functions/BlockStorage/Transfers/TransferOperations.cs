using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Transfers;

/// <summary>What all that is done to a transfer does alike.</summary>
internal static class TransferOperations
{
    /// <summary>The transfer if its volume is the caller's.</summary>
    /// <exception cref="Fault">NotFound otherwise.</exception>
    public static async ValueTask<Transfer> FindAsync(Tx tx, string id, Caller caller)
    {
        var transfer = await KnownAsync(tx, id);
        return caller.IsAdmin || transfer.ProjectId == caller.ProjectId ? transfer : throw Transfer.Unknown(id);
    }

    /// <summary>The transfer, whoever asks: who has its key need not see its volume.</summary>
    public static async ValueTask<Transfer> KnownAsync(Tx tx, string id) =>
        (TransferId.TryParse(id, out var known) ? await tx.FindTransferAsync(known) : null)
        ?? throw Transfer.Unknown(id);

    /// <summary>Its volume, and nobody else decides on either until this transaction ends.</summary>
    public static async ValueTask<Volume> HoldAsync(Tx tx, Transfer transfer)
    {
        var volume = await tx.LockVolumeAsync(transfer.VolumeId);
        return volume is not null && await tx.FindTransferAsync(transfer.Id) is not null
            ? volume
            : throw Transfer.Unknown($"{transfer.Id}");
    }
}
