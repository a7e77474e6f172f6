using Pipeline.BlockStorage.Types;
using Pipeline.Data;

namespace Pipeline.BlockStorage.QosSpecs;

/// <summary>The types that QoS specs hold for. Cinder's API changes them by GET.</summary>
internal sealed class QosAssociations(Database db)
{
    private const string Route = "volume/v3/qos-specs/{id}";
    private const string Rule = "volume_extension:qos_specs_manage:update";

    [Function("volume-list-qos-associations"), Policy("volume_extension:qos_specs_manage:get", Require.Admin)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/associations")] HttpRequest request,
        string id
    )
    {
        var types = await db.ReadAsync(async tx =>
            await tx.ListAssociatedTypesAsync((await tx.GetQosSpecAsync(id)).Id)
        );
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("qos_associations");
                foreach (var type in types)
                {
                    w.WriteStartObject();
                    w.WriteString("association_type", "volume_type");
                    w.WriteString("name", type.Name);
                    w.WriteString("id", type.Id.ToString());
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    [Function("volume-associate-qos-specs"), Policy(Rule, Require.Admin), Answers(202)]
    public Task<IResult> AssociateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/associate")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var typeId = TypeIdOf(request);
        return ChangeAsync(
            id,
            caller.Audit(requestId, Rule, $"qos-specs/{id}"),
            async (tx, spec) =>
            {
                var type = await tx.LockVolumeTypeAsync(typeId);
                if (type.QosSpecsId is { } other && other != spec.Id)
                    throw Fault.BadRequest(
                        $"Invalid volume type: Type {typeId} is already associated with another qos specs: {other}"
                    );
                await tx.AssociateTypeAsync(spec.Id, type.Id);
            }
        );
    }

    [Function("volume-disassociate-qos-specs"), Policy(Rule, Require.Admin), Answers(202)]
    public Task<IResult> DisassociateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/disassociate")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var typeId = TypeIdOf(request);
        return ChangeAsync(
            id,
            caller.Audit(requestId, Rule, $"qos-specs/{id}"),
            async (tx, spec) => await tx.DisassociateTypeAsync(spec.Id, (await tx.LockVolumeTypeAsync(typeId)).Id)
        );
    }

    [Function("volume-disassociate-all-qos-specs"), Policy(Rule, Require.Admin), Answers(202)]
    public Task<IResult> DisassociateAllAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/disassociate_all")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    ) =>
        ChangeAsync(
            id,
            caller.Audit(requestId, Rule, $"qos-specs/{id}"),
            async (tx, spec) => await tx.DisassociateTypesAsync(spec.Id)
        );

    private static string TypeIdOf(HttpRequest request) =>
        Query.Of(request)["vol_type_id"] is { Length: > 0 } id
            ? id
            : throw Fault.BadRequest("Volume Type id must not be None.");

    private async Task<IResult> ChangeAsync(string id, AuditRecord audit, Func<Tx, QosSpec, ValueTask> change)
    {
        await db.WriteAsync(async tx =>
        {
            await change(tx, await tx.LockQosSpecAsync(id));
            await tx.AuditAsync(audit);
        });
        return Answer.Empty(202);
    }
}
