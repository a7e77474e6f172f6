using Pipeline.Data;

namespace Pipeline.BlockStorage.Quotas;

/// <summary>
/// `os-quota-class-sets`: `default` is what projects are given that have no limits of their own. Any other name shows the same, and is
/// changed by nobody.
/// </summary>
internal sealed class QuotaClassSets(Database db)
{
    private const string Route = "volume/v3/os-quota-class-sets/{class_name}";
    private const string Default = "default";
    private const string UpdateRule = "volume_extension:quota_classes:update";

    [Function("volume-show-quota-class-set"), Policy("volume_extension:quota_classes:get", Require.Admin)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        string className,
        Caller caller
    ) => QuotaSetView.Class(await db.ReadAsync(tx => QuotaSet.ReadAsync(tx, null, caller)), className);

    [Function("volume-update-quota-class-set"), Policy(UpdateRule, Require.Admin)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route)] HttpRequest request,
        string className,
        Caller caller,
        RequestId requestId
    )
    {
        if (className != Default)
            throw Fault.BadRequest($"There is no quota class {className}; the one that there is is {Default}.");
        var order = (await request.ReadFieldsAsync()).Object("quota_class_set");
        var set = await db.WriteAsync(async tx =>
        {
            foreach (
                var (known, limit) in QuotaOrder.Read(order, await QuotaSet.ReadAsync(tx, null, caller), "class_name")
            )
                await tx.SetDefaultAsync(known.Quota.Kind, limit);
            await tx.AuditAsync(caller.Audit(requestId, UpdateRule, $"quota-class/{className}"));
            return await QuotaSet.ReadAsync(tx, null, caller);
        });
        return QuotaSetView.Class(set, null);
    }
}
