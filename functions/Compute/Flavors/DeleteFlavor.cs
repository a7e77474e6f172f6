using Pipeline.Data;

namespace Pipeline.Compute.Flavors;

/// <summary>Servers keep the flavor they were made with.</summary>
internal sealed class DeleteFlavor(Database db)
{
    private const string Rule = "os_compute_api:os-flavor-manage:delete";

    [Function("compute-delete-flavor"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "compute/v2.1/flavors/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            if (!await tx.DeleteFlavorAsync(id))
                throw Fault.NotFound($"Flavor {id} could not be found.");
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"flavor/{id}"));
        });
        return Answer.Empty(202);
    }
}
