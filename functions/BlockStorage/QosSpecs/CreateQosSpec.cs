using Pipeline.Data;

namespace Pipeline.BlockStorage.QosSpecs;

internal sealed class CreateQosSpec(Database db, Randomness randomness, PublicUrl publicUrl)
{
    private const string Rule = "volume_extension:qos_specs_manage:create";

    [Function("volume-create-qos-specs"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/qos-specs")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var spec = QosSpec.Accept(await request.ReadFieldsAsync(), randomness.NewGuid());
        await db.WriteAsync(async tx =>
        {
            if (!await tx.TryAddQosSpecAsync(spec))
                throw Fault.Conflict($"QoS Specs {spec.Name} already exists.");
            await tx.AuditAsync(caller.Audit(requestId, Rule, QosSpec.TargetOf(spec.Id)));
        });
        return QosSpecView.Of(spec, publicUrl.Of(request), caller.ProjectId);
    }
}
