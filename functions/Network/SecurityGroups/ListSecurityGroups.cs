using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroups;

/// <summary>Lists groups. A project that looks for the first time finds its default group: this read may write.</summary>
internal sealed class ListSecurityGroups(Database db, DefaultSecurityGroups defaults, PublicUrl publicUrl)
{
    [Function("network-list-security-groups"), Policy("network:security-groups:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/security-groups")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, SecurityGroupView.All);
        if (await db.ReadAsync(tx => tx.FindDefaultGroupAsync(caller.Project)) is null)
            await db.WriteAsync(tx => defaults.EnsureAsync(tx, caller.Project));
        var groups = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(
                await tx.PageAsync<SecurityGroupRow>(SecurityGroupStore.Listed, query, caller.Viewer()),
                caller.Viewer()
            )
        );
        return SecurityGroupView.All.List(request, caller, publicUrl, query, groups, g => g.Row.Id.ToString());
    }
}
