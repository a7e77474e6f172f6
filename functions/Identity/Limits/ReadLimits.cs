using Pipeline.Data;

namespace Pipeline.Identity.Limits;

/// <summary>Listing and showing limits: a project's own to its members, a domain's and its projects' to the domain's.</summary>
internal sealed class ReadLimits(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    public const string All = "identity/v3/limits";
    public const string One = $"{All}/{{limit_id}}";
    private const string ListRule = "identity:list_limits";
    private const string Rule = "identity:get_limit";

    private static readonly LimitModel Model = new(
        "flat",
        "Limit enforcement and validation does not take project hierarchy into consideration."
    );

    /// <summary>Those that the caller may see.</summary>
    [Function("identity-list-limits"), Policy(ListRule, Require.Token, Check = Checks.ReadLimit), Answers(200)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request,
        Caller caller
    )
    {
        var filter = LimitFilter.Of(request);
        var found = await db.ReadAsync(async tx =>
            (await SeenAsync(tx, caller, Query.Of(request)))
                .Where(limit => filter.Fits(limit.ServiceId, limit.RegionId, limit.ResourceName))
                .ToList()
        );
        return Answer.Json(
            200,
            new LimitList(
                [.. found.Select(limit => LimitView.Of(request, urls, limit))],
                urls.Links(request, "limits")
            ),
            IdentityJson.Default.LimitList
        );
    }

    [Function("identity-show-limit"), Policy(Rule, Require.Token, Check = Checks.ReadLimit), Answers(200)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        Caller caller,
        string limitId
    )
    {
        var limit = await db.ReadAsync(async tx =>
        {
            var found = await tx.FindLimitAsync(limitId);
            policies.Enforce(Rule, caller, await TargetAsync(tx, found));
            return found ?? throw NotFound(limitId);
        });
        return LimitView.Answer(request, urls, limit);
    }

    [Function("identity-show-limit-model"), Policy("identity:get_limit_model", Require.Token), Answers(200)]
    public IResult ShowModel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{All}/model")] HttpRequest request
    ) => Answer.Json(200, new LimitModelDocument(Model), IdentityJson.Default.LimitModelDocument);

    public static Fault NotFound(string id) => Fault.NotFound($"Could not find limit for {id}.");

    /// <summary>Who may see but their own project's reads these alone.</summary>
    private async ValueTask<IEnumerable<Limit>> SeenAsync(Tx tx, Caller caller, Query query)
    {
        var (project, domain) = (query["project_id"], query["domain_id"]);
        if (policies.Allows(ListRule, caller, PolicyTarget.None))
            return await tx.LimitsAsync(project, domain);
        if (caller.ProjectId is { } own)
            return project is null || project == own.Value ? await AllowedAsync(own.Value, []) : [];
        if (caller.DomainId is not { } theirs)
            return [];
        var below = new ListFilter(null, theirs.Value, null, "", int.MaxValue, null);
        return await AllowedAsync(project, [.. (await store.ProjectsAsync(tx, below, paged: false)).Select(p => p.Id)]);

        async ValueTask<IEnumerable<Limit>> AllowedAsync(string? of, HashSet<ProjectId> inDomain) =>
            (await tx.LimitsAsync(of, domain)).Where(limit =>
                policies.Allows(
                    ListRule,
                    caller,
                    Target(limit, limit.ProjectId is { } id && inDomain.Contains(id) ? caller.DomainId : null)
                )
            );
    }

    private async ValueTask<PolicyTarget> TargetAsync(Tx tx, Limit? limit) =>
        limit is null ? PolicyTarget.None
        : limit.ProjectId is { } id ? Target(limit, (await store.FindProjectAsync(tx, id.Value))?.DomainId)
        : Target(limit, null);

    private static PolicyTarget Target(Limit limit, DomainId? domain) =>
        new(
            ("target.limit.project_id", limit.ProjectId?.Value),
            ("target.limit.domain.id", limit.DomainId?.Value),
            ("target.limit.project.domain_id", domain?.Value)
        );
}
