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
        var (query, filter) = (Query.Of(request), LimitFilter.Of(request));
        var project = query["project_id"] ?? OnlyProject(caller);
        var found = await db.ReadAsync(async tx =>
        {
            var shown = new List<Limit>();
            foreach (var limit in await tx.LimitsAsync(project, query["domain_id"]))
                if (
                    filter.Fits(limit.ServiceId, limit.RegionId, limit.ResourceName)
                    && policies.Allows(ListRule, caller, await TargetAsync(tx, caller, limit))
                )
                    shown.Add(limit);
            return shown;
        });
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
            policies.Enforce(Rule, caller, await TargetAsync(tx, caller, found));
            return found ?? throw NotFound(limitId);
        });
        return LimitView.Answer(request, urls, limit);
    }

    [Function("identity-show-limit-model"), Policy("identity:get_limit_model", Require.Token), Answers(200)]
    public IResult ShowModel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{All}/model")] HttpRequest request
    ) => Answer.Json(200, new LimitModelDocument(Model), IdentityJson.Default.LimitModelDocument);

    public static Fault NotFound(string id) => Fault.NotFound($"Could not find limit for {id}.");

    // The index finds a project's; only operators and domains read those of many.
    private string? OnlyProject(Caller caller) =>
        caller.ProjectId is { } own && !policies.Allows(ListRule, caller, PolicyTarget.None) ? own.Value : null;

    private async ValueTask<PolicyTarget> TargetAsync(Tx tx, Caller caller, Limit? limit)
    {
        if (limit is null)
            return PolicyTarget.None;
        var domain =
            caller.DomainId is not null && limit.ProjectId is { } id
                ? (await store.FindProjectAsync(tx, id.Value))?.DomainId.Value
                : null;
        return new(
            ("target.limit.project_id", limit.ProjectId?.Value),
            ("target.limit.domain.id", limit.DomainId?.Value),
            ("target.limit.project.domain_id", domain)
        );
    }
}
