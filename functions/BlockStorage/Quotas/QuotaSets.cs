using Pipeline.Data;

namespace Pipeline.BlockStorage.Quotas;

/// <summary>
/// `os-quota-sets`: a project reads its own, admins read and change all. Lowering below usage blocks growth only, unless the client
/// asks that it be refused (`skip_validation=false`).
/// </summary>
internal sealed class QuotaSets(Database db, IProjects projects, Randomness randomness)
{
    private const string Route = "volume/v3/os-quota-sets/{project}";
    private const string ShowRule = "volume_extension:quotas:show";
    private const string UpdateRule = "volume_extension:quotas:update";
    private const string DeleteRule = "volume_extension:quotas:delete";

    [Function("volume-show-quota-set"), Policy(ShowRule, Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        ProjectId project,
        Caller caller
    )
    {
        var usage = Query.Of(request).Bool("usage") ?? false;
        CheckReadable(project, caller);
        var set = await db.ReadAsync(tx => QuotaSet.ReadAsync(tx, project, caller));
        return usage ? QuotaSetView.Detailed(set, project.Value) : QuotaSetView.Of(set, project.Value);
    }

    [Function("volume-show-quota-defaults"), Policy(ShowRule, Require.ProjectReader)]
    public async Task<IResult> DefaultsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/defaults")] HttpRequest request,
        ProjectId project,
        Caller caller
    ) => QuotaSetView.Of(await db.ReadAsync(tx => QuotaSet.ReadAsync(tx, null, caller)), project.Value);

    [Function("volume-update-quota-set"), Policy(UpdateRule, Require.Admin)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route)] HttpRequest request,
        ProjectId project,
        Caller caller,
        RequestId requestId
    )
    {
        var order = (await request.ReadFieldsAsync()).Object("quota_set");
        var checks = Query.Of(request).Bool("skip_validation") is false;
        var set = await db.WriteAsync(async tx =>
        {
            await projects.CheckAsync(tx, project);
            var known = await QuotaSet.ReadAsync(tx, project, caller);
            var changes = QuotaOrder.Read(order, known, "tenant_id", "project_id");
            if (checks)
                CheckUsage(changes);
            foreach (var (quota, limit) in changes)
                await tx.SetLimitAsync(randomness.NewGuid().ToString("N"), project, quota.Quota.Kind.Resource, limit);
            await tx.AuditAsync(caller.Audit(requestId, UpdateRule, $"quota/{project}"));
            return await QuotaSet.ReadAsync(tx, project, caller);
        });
        return QuotaSetView.Of(set, null);
    }

    /// <summary>Puts a project back to the defaults; one that has them already is success.</summary>
    [Function("volume-delete-quota-set"), Policy(DeleteRule, Require.Admin)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route)] HttpRequest request,
        ProjectId project,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            var known = await QuotaSet.ReadAsync(tx, project, caller);
            await tx.ClearLimitsAsync(project, [.. known.All.Select(quota => quota.Quota.Kind.Resource)]);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, $"quota/{project}"));
        });
        return Answer.Empty(200);
    }

    private static void CheckReadable(ProjectId project, Caller caller)
    {
        if (!caller.IsAdmin && caller.ProjectId != project)
            throw Fault.Forbidden($"Policy doesn't allow {ShowRule} to be performed.");
    }

    private static void CheckUsage(IEnumerable<(ShownQuota Known, long Limit)> changes)
    {
        foreach (var ((name, quota), limit) in changes)
            if (limit >= 0 && limit < quota.Used)
                throw Fault.BadRequest(
                    $"Quota {name} limit must be equal or greater than existing resources. Current usage is "
                        + $"{quota.Used} and the requested limit is {limit}."
                );
    }
}
