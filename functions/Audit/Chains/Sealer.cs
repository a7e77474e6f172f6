using Pipeline.Audit.Events;
using Pipeline.Data;

namespace Pipeline.Audit.Chains;

/// <summary>
/// Puts committed records into their chains. Hashes are made outside the transaction; a chain's head moves only from where it was seen,
/// so of two functions hosts that seal at once one does nothing. A record that commits late comes later in its chain: none is left out.
/// </summary>
internal sealed class Sealer(Database db)
{
    private const int Batch = 500;
    private const int MostBatches = 1000;

    /// <summary>Seals all that was committed before the call.</summary>
    public async Task SealAsync()
    {
        for (var turn = 0; turn < MostBatches; turn++)
            if (await SealBatchAsync() < Batch)
                return;
    }

    private async Task<int> SealBatchAsync()
    {
        var (records, heads) = await db.ReadAsync(async tx =>
        {
            var unsealed = await tx.ListUnsealedAsync(Batch);
            var chains = unsealed.Select(Chain.Of).Distinct().ToList();
            return (unsealed, chains.Count == 0 ? [] : await tx.ListHeadsAsync(chains));
        });
        if (records.Count == 0)
            return 0;
        var before = heads.ToDictionary(head => head.Chain, head => head.Number);
        var after = heads.ToDictionary(head => head.Chain);
        var made = Chain.Seal(records, after);
        return await TryWriteAsync(made, after, before) ? records.Count : Batch;
    }

    /// <returns>False when another functions host was first with one of the chains; nothing is written then.</returns>
    private async Task<bool> TryWriteAsync(
        IReadOnlyList<AuditEvent> made,
        Dictionary<string, ChainHead> heads,
        Dictionary<string, long> before
    )
    {
        try
        {
            await db.WriteAsync(async tx =>
            {
                foreach (var head in heads.Values.OrderBy(head => head.Chain, StringComparer.Ordinal))
                    if (!await tx.TryAdvanceAsync(head, before.GetValueOrDefault(head.Chain)))
                        throw new OvertakenException();
                foreach (var record in made)
                    tx.SealRecord(record);
            });
            return true;
        }
        catch (OvertakenException)
        {
            return false;
        }
    }

    private sealed class OvertakenException() : Exception("another functions host has sealed these records");
}
