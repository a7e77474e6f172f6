using Pipeline.Data;

namespace Pipeline.Compute.Keypairs;

internal sealed class DeleteKeypair(Database db)
{
    private const string Rule = "os_compute_api:os-keypairs:delete";

    [Function("compute-delete-keypair"), Policy(Rule, Require.Token)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "compute/v2.1/os-keypairs/{name}")]
            HttpRequest request,
        string name,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            if (!await tx.DeleteKeypairAsync(caller.UserId, name))
                throw Fault.NotFound($"Keypair {name} not found for user {caller.UserId}");
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"keypair/{name}"));
        });
        return Answer.Empty(202);
    }
}
