using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Compute.SecurityGroups;

/// <summary>Creates, renames and deletes security groups for clients that still do so here. A conflict is a 400, as Nova has it.</summary>
internal sealed class ChangeSecurityGroups(Database db, ISecurityGroupClaims groups)
{
    private const string Route = "compute/v2.1/os-security-groups";
    private const string CreateRule = "os_compute_api:os-security-groups:create";
    private const string UpdateRule = "os_compute_api:os-security-groups:update";
    private const string DeleteRule = "os_compute_api:os-security-groups:delete";

    [Function("compute-create-security-group"), Policy(CreateRule, Require.ProjectMember)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var (name, description) = Read(await request.ReadFieldsAsync(ct));
        var group = await ProxyFaults.RunAsync(() =>
            db.WriteAsync(async tx =>
            {
                var added = await groups.AddAsync(tx, caller.Project, name, description);
                await tx.AuditAsync(caller.Audit(requestId, CreateRule, $"security-group/{added.Id}"));
                return added;
            })
        );
        return SecurityGroupView.One(group);
    }

    [Function("compute-update-security-group"), Policy(UpdateRule, Require.ProjectMember)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var group = ProxyFaults.Group(id);
        var (name, description) = Read(await request.ReadFieldsAsync(ct));
        var changed = await ProxyFaults.RunAsync(() =>
            db.WriteAsync(async tx =>
            {
                await tx.AuditAsync(caller.Audit(requestId, UpdateRule, $"security-group/{id}"));
                return await groups.RenameAsync(tx, caller.Project, group, name, description);
            })
        );
        return SecurityGroupView.One(changed);
    }

    [Function("compute-delete-security-group"), Policy(DeleteRule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var group = ProxyFaults.Group(id);
        await ProxyFaults.RunAsync(() =>
            db.WriteAsync(async tx =>
            {
                await groups.RemoveAsync(tx, caller.Project, group);
                await tx.AuditAsync(caller.Audit(requestId, DeleteRule, $"security-group/{id}"));
                return true;
            })
        );
        return Answer.Empty(202);
    }

    private static (string Name, string Description) Read(Fields body)
    {
        var order = body.Object("security_group");
        var name = order.String("name", 1);
        if (name.Trim().Length == 0)
            throw order["name"].Wrong("must not be blank");
        return (name, order.Nullable("description")?.String() ?? "");
    }
}
