using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Quotas;

/// <summary>Sets limits of a project. They may lie under what is used, unless `check_limit` asks for the comparison.</summary>
internal sealed class UpdateQuota(Database db, Randomness randomness)
{
    private const string Rule = "network:quotas:update";

    [Function("network-update-quota"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/quotas/{project}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string project
    )
    {
        var id = QuotaRights.Readable(caller, project);
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var item = body.Object("quota");
        var limits = LimitsOf(item).Select(l => (Id: randomness.NewGuid().ToString("N"), l.Resource, l.Limit)).ToList();
        var check = item.Flag("check_limit", false) && !item.Flag("force", false);
        var quota = await db.WriteAsync(async tx =>
        {
            foreach (var (limitId, resource, limit) in limits)
            {
                if (check && limit >= 0 && await tx.UsedAsync(id, resource) is var used && used > limit)
                    throw Fault.BadRequest(
                        $"Quota limit {limit} for {resource} must be greater than or equal to already used {used}"
                    );
                await tx.SetLimitAsync(limitId, id, resource, limit);
            }
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"quota/{id}"));
            return await QuotaSet.ReadAsync(tx, id);
        });
        return QuotaView.Plain(quota);
    }

    private static IReadOnlyList<(string Resource, long Limit)> LimitsOf(Fields item)
    {
        var unknown = item.Entries().Where(e => !Quota.Names.Contains(e.Name) && !Options.Contains(e.Name)).ToList();
        if (unknown.Count > 0)
            throw Fault.BadRequest(
                $"Unrecognized attribute(s) {string.Join(", ", unknown.Select(e => $"'{e.Name}'"))}"
            );
        return
        [
            .. item.Entries()
                .Where(e => Quota.Names.Contains(e.Name))
                .Select(e => (e.Name, e.Value.Long(-1, int.MaxValue, text: true))),
        ];
    }

    /// <summary>What may stand beside the limits; the project is the path's.</summary>
    private static readonly string[] Options = ["check_limit", "force", "tenant_id", "project_id"];
}
