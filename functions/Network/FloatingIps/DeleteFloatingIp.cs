using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.FloatingIps;

/// <summary>Gives a floating address back; a link that it has goes with it.</summary>
internal sealed class DeleteFloatingIp(Database db, FloatingIpBook book)
{
    private const string Rule = "network:floating-ips:delete";

    [Function("network-delete-floating-ip"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/floatingips/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var seen = await tx.GetFloatingIpAsync(caller, id);
            var floating = await tx.LockFloatingIpAsync(seen.Id) ?? throw NeutronFault.FloatingIpNotFound(id);
            request.CheckRevision(floating.RevisionNumber);
            await book.RemoveAsync(tx, floating);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"floatingip/{floating.Id}"));
        });
        return Answer.NoContent();
    }
}
