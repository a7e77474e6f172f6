using Pipeline.Data;

namespace Pipeline.BlockStorage.QosSpecs;

/// <summary>`force` takes them away from the types that they hold for; without it such a type is in the way.</summary>
internal sealed class DeleteQosSpec(Database db)
{
    private const string Rule = "volume_extension:qos_specs_manage:delete";

    [Function("volume-delete-qos-specs"), Policy(Rule, Require.Admin), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "volume/v3/qos-specs/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var force = Query.Of(request).Bool("force") ?? false;
        await db.WriteAsync(async tx =>
        {
            var spec = await tx.LockQosSpecAsync(id);
            if (!force && (await tx.ListAssociatedTypesAsync(spec.Id)).Count > 0)
                throw Fault.BadRequest($"QoS Specs {id} is still associated with entities.");
            await tx.DisassociateTypesAsync(spec.Id);
            await tx.DeleteQosSpecAsync(spec.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, QosSpec.TargetOf(spec.Id)));
        });
        return Answer.Empty(202);
    }
}
