using Pipeline.Data;

namespace Pipeline.Compute.Flavors;

internal sealed class CreateFlavor(Database db, Randomness randomness, PublicUrl publicUrl)
{
    private const string Rule = "os_compute_api:os-flavor-manage:create";

    [Function("compute-create-flavor"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "compute/v2.1/flavors")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var flavor = Flavor.Accept((await request.ReadFieldsAsync()).Object("flavor"), randomness.NewGuid());
        await db.WriteAsync(async tx =>
        {
            if (!await tx.AddFlavorAsync(flavor))
                throw Fault.Conflict($"Flavor with ID {flavor.Id} or name {flavor.Name} already exists.");
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"flavor/{flavor.Id}"));
        });
        return FlavorAnswer.Of(flavor, publicUrl.Of(request));
    }
}
