using Pipeline.Data;

namespace Pipeline.Identity.Changes;

/// <summary>Writes changes, in the transaction that makes them.</summary>
internal sealed class ChangeLog(IdentityStore store, ChangeFeed feed)
{
    public async ValueTask AddAsync(Tx tx, Change change)
    {
        await store.AddChangeAsync(tx, change);
        tx.OnCommitted(feed.Distrust); // before the answer to this request is sent
    }
}
