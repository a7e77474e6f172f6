using Pipeline.BlockStorage.Types;
using Pipeline.Data;

namespace Pipeline.BlockStorage.QosSpecs;

/// <summary>Sets keys, and takes keys away. The answer to the first is what was asked.</summary>
internal sealed class UpdateQosSpec(Database db)
{
    private const string Route = "volume/v3/qos-specs/{id}";
    private const string Rule = "volume_extension:qos_specs_manage:update";

    [Function("volume-update-qos-specs"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route)] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        var asked = SpecMap.Read(body.Object("qos_specs"));
        await ChangeAsync(id, caller.Audit(requestId, Rule, $"qos-specs/{id}"), spec => spec.Change(body));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                SpecMap.Write(w, "qos_specs", asked);
                w.WriteEndObject();
            }
        );
    }

    [Function("volume-delete-qos-keys"), Policy(Rule, Require.Admin), Answers(202)]
    public async Task<IResult> DeleteKeysAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/delete_keys")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var keys = (await request.ReadFieldsAsync()).Array("keys", 1).Select(key => key.String(1)).ToHashSet();
        await ChangeAsync(id, caller.Audit(requestId, Rule, $"qos-specs/{id}"), spec => spec.Without(keys));
        return Answer.Empty(202);
    }

    private Task ChangeAsync(string id, AuditRecord audit, Func<QosSpec, QosSpec> change) =>
        db.WriteAsync(async tx =>
        {
            await tx.UpdateQosSpecAsync(change(await tx.LockQosSpecAsync(id)));
            await tx.AuditAsync(audit);
        });
}
