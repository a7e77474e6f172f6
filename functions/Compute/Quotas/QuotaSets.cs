using Pipeline.Data;

namespace Pipeline.Compute.Quotas;

/// <summary>`os-quota-sets`: a project reads its own, admins read and change all. Lowering below usage blocks growth only.</summary>
internal sealed class QuotaSets(Database db, IProjects projects, Randomness randomness)
{
    private const string Route = "compute/v2.1/os-quota-sets/{project}";
    private const string UpdateRule = "os_compute_api:os-quota-sets:update";
    private const string DeleteRule = "os_compute_api:os-quota-sets:delete";

    [Function("compute-show-quota-set"), Policy("os_compute_api:os-quota-sets:show", Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        ProjectId project,
        Caller caller
    ) => QuotaSetView.Of(await ReadAsync(project, caller), project.Value);

    [Function("compute-show-quota-set-detail"), Policy("os_compute_api:os-quota-sets:detail", Require.ProjectReader)]
    public async Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/detail")] HttpRequest request,
        ProjectId project,
        Caller caller
    ) => QuotaSetView.Detailed(await ReadAsync(project, caller), project.Value);

    [Function("compute-show-quota-defaults"), Policy("os_compute_api:os-quota-sets:defaults", Require.ProjectReader)]
    public async Task<IResult> DefaultsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/defaults")] HttpRequest request,
        ProjectId project,
        Caller caller
    ) =>
        QuotaSetView.Of(
            await db.ReadAsync(async tx =>
            {
                if (caller.IsAdmin) // nobody else is told of what is there
                    await projects.CheckAsync(tx, project);
                return await QuotaSet.ReadAsync(tx, null);
            }),
            project.Value
        );

    [Function("compute-update-quota-set"), Policy(UpdateRule, Require.Admin)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route)] HttpRequest request,
        ProjectId project,
        Caller caller,
        RequestId requestId
    )
    {
        var order = (await request.ReadFieldsAsync()).Object("quota_set");
        var changes = QuotaOrder
            .Read(order, "force", "tenant_id")
            .Select(c => (Id: randomness.NewGuid().ToString("N"), c.Kind.Resource, c.Limit))
            .ToList();
        var set = await db.WriteAsync(async tx =>
        {
            await projects.CheckAsync(tx, project);
            foreach (var (id, resource, limit) in changes)
                await tx.SetLimitAsync(id, project, resource, limit);
            await tx.AuditAsync(caller.Audit(requestId, UpdateRule, $"quota/{project}"));
            return await QuotaSet.ReadAsync(tx, project);
        });
        return QuotaSetView.Of(set, null);
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
            await tx.ClearLimitsAsync(project, [.. ComputeQuotas.All.Select(k => k.Resource)]);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, $"quota/{project}"));
        });
        return Answer.Empty(202);
    }

    private Task<QuotaSet> ReadAsync(ProjectId project, Caller caller)
    {
        if (!caller.IsAdmin && caller.ProjectId != project)
            throw Fault.Forbidden("Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.");
        return db.ReadAsync(async tx =>
        {
            await projects.CheckAsync(tx, project);
            return await QuotaSet.ReadAsync(tx, project);
        });
    }
}
