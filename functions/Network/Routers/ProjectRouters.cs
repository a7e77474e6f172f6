using Pipeline.Data;

namespace Pipeline.Network.Routers;

/// <summary>A project's routers, for its emptying; other projects' floating addresses behind them are cut off.</summary>
internal sealed class ProjectRouters(RouterRemoval removal)
    : HeldRows("router", PurgeStage.Routers, "routers", "deleted_at IS NULL")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!RouterId.TryParse(id, out var known) || await tx.LockRouterAsync(known) is not { } found)
            return false;
        await removal.RemoveWholeAsync(tx, found);
        return true;
    }
}
