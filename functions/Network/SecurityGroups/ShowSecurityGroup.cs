using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroups;

internal sealed class ShowSecurityGroup(Database db)
{
    [Function("network-show-security-group"), Policy("network:security-groups:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/security-groups/{id}")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var group = await db.ReadAsync(async tx =>
            await tx.GroupItemAsync((await tx.GetGroupAsync(caller, id)).Id, caller.Viewer())
        );
        return SecurityGroupView.All.Show(request, caller, group);
    }
}
