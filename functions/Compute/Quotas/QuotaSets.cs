using System.Text.Json;
using Pipeline.Data;

namespace Pipeline.Compute.Quotas;

/// <summary>`os-quota-sets`: a project reads its own, admins read and change all. Lowering below usage blocks growth only.</summary>
internal sealed class QuotaSets(Database db)
{
    private const string Route = "compute/v2.1/os-quota-sets/{project}";
    private const string UpdateRule = "os_compute_api:os-quota-sets:update";
    private const string DeleteRule = "os_compute_api:os-quota-sets:delete";

    [Function("compute-show-quota-set"), Policy("os_compute_api:os-quota-sets:show", Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        ProjectId project,
        Caller caller
    ) => View(await ReadAsync(project, caller), project, detail: false);

    [Function("compute-show-quota-set-detail"), Policy("os_compute_api:os-quota-sets:detail", Require.ProjectReader)]
    public async Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/detail")] HttpRequest request,
        ProjectId project,
        Caller caller
    ) => View(await ReadAsync(project, caller), project, detail: true);

    [Function("compute-show-quota-defaults"), Policy("os_compute_api:os-quota-sets:defaults", Require.ProjectReader)]
    public IResult Defaults(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/defaults")] HttpRequest request,
        ProjectId project
    ) => View(QuotaSet.Default, project, detail: false);

    [Function("compute-update-quota-set"), Policy(UpdateRule, Require.Admin)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route)] HttpRequest request,
        ProjectId project,
        Caller caller,
        RequestId requestId
    )
    {
        var order = (await request.ReadFieldsAsync()).Object("quota_set");
        order.Only([.. ComputeQuota.Defaults.Select(d => d.Name), "force", "tenant_id"]);
        var changes = order
            .Entries()
            .Where(e => e.Name is not ("force" or "tenant_id"))
            .Select(e => (e.Name, Limit: e.Value.Long(-1, int.MaxValue, text: true)))
            .ToList();
        var set = await db.WriteAsync(async tx =>
        {
            foreach (var (name, limit) in changes)
                await tx.SetLimitAsync(project, name, limit);
            await tx.AuditAsync(caller.Audit(requestId, UpdateRule, $"quota/{project}"));
            return await QuotaSet.ReadAsync(tx, project);
        });
        return View(set, null, detail: false);
    }

    /// <summary>Puts a project back to the defaults; one that has them already is success.</summary>
    [Function("compute-delete-quota-set"), Policy(DeleteRule, Require.Admin), Answers(202)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route)] HttpRequest request,
        ProjectId project,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await tx.ClearLimitsAsync(project, [.. ComputeQuota.Defaults.Select(d => d.Name)]);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, $"quota/{project}"));
        });
        return Answer.Empty(202);
    }

    private Task<QuotaSet> ReadAsync(ProjectId project, Caller caller) =>
        caller.IsAdmin || caller.ProjectId == project
            ? db.ReadAsync(tx => QuotaSet.ReadAsync(tx, project))
            : throw Fault.Forbidden("Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.");

    private static Answer View(QuotaSet set, ProjectId? project, bool detail) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject("quota_set");
                if (project is { } id)
                    w.WriteString("id", id.Value);
                foreach (var (name, _) in ComputeQuota.Defaults)
                    if (detail)
                        Detail(w, set, name);
                    else
                        w.WriteNumber(name, set.LimitOf(name));
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );

    private static void Detail(Utf8JsonWriter w, QuotaSet set, string name)
    {
        w.WriteStartObject(name);
        w.WriteNumber("in_use", set.UsedOf(name));
        w.WriteNumber("limit", set.LimitOf(name));
        w.WriteNumber("reserved", 0);
        w.WriteEndObject();
    }
}
