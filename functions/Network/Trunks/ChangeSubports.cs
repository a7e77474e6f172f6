using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Trunks;

/// <summary>Puts ports into a trunk or takes them out: all that are named, or none.</summary>
internal sealed class ChangeSubports(Database db, Subports subports)
{
    private const string AddRule = "network:trunks:add-subports";
    private const string RemoveRule = "network:trunks:remove-subports";

    [Function("network-add-subports"), Policy(AddRule, Require.ProjectMember)]
    public async Task<IResult> AddAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/trunks/{id}/add_subports")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var asked = NewSubport.Read(await ListAsync(request));
        return await ChangeAsync(
            request,
            caller,
            caller.Audit(requestId, AddRule, $"trunk/{id}"),
            id,
            asked.Count,
            (tx, trunk) => subports.AddAsync(tx, trunk, asked)
        );
    }

    [Function("network-remove-subports"), Policy(RemoveRule, Require.ProjectMember)]
    public async Task<IResult> RemoveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/trunks/{id}/remove_subports")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var ports = NewSubport.ReadIds(await ListAsync(request));
        return await ChangeAsync(
            request,
            caller,
            caller.Audit(requestId, RemoveRule, $"trunk/{id}"),
            id,
            ports.Count,
            (tx, trunk) => subports.RemoveAsync(tx, trunk, ports, requestId.Value)
        );
    }

    private static async Task<Field> ListAsync(HttpRequest request) =>
        (await request.ReadFieldsAsync(request.HttpContext.RequestAborted)).Required("sub_ports");

    private async Task<IResult> ChangeAsync(
        HttpRequest request,
        Caller caller,
        AuditRecord audit,
        string id,
        int ports,
        Func<Tx, TrunkRow, ValueTask> change
    )
    {
        var trunk = await db.WriteAsync(async tx =>
        {
            var row = await tx.LockTrunkAsync(caller, id);
            request.CheckRevision(row.RevisionNumber);
            if (!row.AdminStateUp)
                throw NeutronFault.TrunkDisabled(row.Id);
            if (ports > 0)
            {
                await change(tx, row);
                await tx.TouchTrunkAsync(row.Id);
                await tx.AuditAsync(audit);
            }
            return await tx.TrunkItemAsync(row.Id);
        });
        return TrunkView.All.ShowBare(request, caller, trunk); // as Neutron's clients get it here
    }
}
