using Pipeline.Data;

namespace Pipeline.Network.SecurityGroups;

/// <summary>A project's security groups, for its emptying, the default one among them.</summary>
internal sealed class ProjectSecurityGroups(SecurityGroupBook book)
    : HeldRows("security-group", PurgeStage.SecurityGroups, "security_groups")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!SecurityGroupId.TryParse(id, out var known) || await tx.FindGroupAsync(known) is not { } found)
            return false;
        await book.RemoveAsync(tx, found, isAdmin: true);
        return true;
    }
}
