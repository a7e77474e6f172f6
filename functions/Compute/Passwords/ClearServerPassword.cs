using Pipeline.Compute.Servers;
using Pipeline.Data;

namespace Pipeline.Compute.Passwords;

/// <summary>Forgets the password here. The guest's host keeps its own copy, for the guest alone, and takes no other.</summary>
internal sealed class ClearServerPassword(Database db)
{
    private const string Rule = "os_compute_api:os-server-password:clear";

    [Function("compute-clear-server-password"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = ShowServerPassword.Route)] HttpRequest request,
        ServerId id,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await ServerOperations.FindAsync(tx, id, caller);
            await tx.ClearPasswordAsync(id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, Server.ResourceOf(id)));
        });
        return Answer.NoContent();
    }
}
