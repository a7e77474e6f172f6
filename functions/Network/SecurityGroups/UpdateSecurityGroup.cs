using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroups;

internal sealed class UpdateSecurityGroup(Database db)
{
    private const string Rule = "network:security-groups:update";

    [Function("network-update-security-group"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/security-groups/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var group = await db.WriteAsync(async tx =>
        {
            await tx.LockGroupsAsync([(await tx.GetOwnGroupAsync(caller, id, "update_security_group")).Id]);
            var before = await tx.GetOwnGroupAsync(caller, id, "update_security_group");
            request.CheckRevision(before.RevisionNumber);
            var item = body.Updated(SecurityGroupView.All, caller);
            var after = before with
            {
                Name = item.Text("name", before.Name),
                Description = item.Text("description", before.Description),
                Stateful = item.Flag("stateful", before.Stateful),
            };
            if (item.Has("name"))
                CreateSecurityGroup.CheckName(after.Name);
            if (before.IsDefault && after.Name != before.Name)
                throw Fault.Conflict(
                    "Updating default security group not allowed.",
                    "SecurityGroupCannotUpdateDefault"
                );
            if (after.Stateful != before.Stateful)
                await CheckUnusedAsync(tx, before.Id);
            if (after != before)
            {
                await tx.UpdateGroupAsync(after);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"security-group/{before.Id}"));
            }
            return await tx.GroupItemAsync(before.Id, caller.Viewer());
        });
        return SecurityGroupView.All.Show(request, caller, group);
    }

    /// <summary>What a group's ports remember does not change under them. Whoever puts a port into it waits, or is seen.</summary>
    private static async ValueTask CheckUnusedAsync(Tx tx, SecurityGroupId id)
    {
        await tx.LockGroupsAsync([id]);
        if (await tx.IsGroupUsedAsync(id))
            throw NeutronFault.SecurityGroupInUse(id);
    }
}
