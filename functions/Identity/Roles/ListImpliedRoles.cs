using Pipeline.Data;

namespace Pipeline.Identity.Roles;

/// <summary>What one role implies, and all implications of the cloud.</summary>
internal sealed class ListImpliedRoles(Database db, IdentityStore store, IdentityUrls urls)
{
    private const string Rule = "identity:list_implied_roles";
    private const string AllRule = "identity:list_role_inference_rules";

    [Function("identity-list-implied-roles"), Policy(Rule, Require.SystemReader), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = InferencePath.ListRoute)] HttpRequest request,
        string priorRoleId
    )
    {
        var (roles, implied) = await ReadAsync();
        if (!roles.TryGetValue(priorRoleId, out var prior))
            throw Refusals.NotFound("role", priorRoleId);
        return Answer.Json(
            200,
            new RoleInferencesDocument(
                View(request, prior, implied[priorRoleId], roles),
                new(urls.Of(request, $"roles/{priorRoleId}/implies"))
            ),
            IdentityJson.Default.RoleInferencesDocument
        );
    }

    [Function("identity-list-role-inferences"), Policy(AllRule, Require.SystemReader), Answers(200)]
    public async Task<IResult> ListAllAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/role_inferences")] HttpRequest request
    )
    {
        var (roles, implied) = await ReadAsync();
        return Answer.Json(
            200,
            new RoleInferenceList(
                [.. implied.Select(rules => View(request, roles[rules.Key], rules, roles))],
                new(urls.Of(request, "role_inferences"))
            ),
            IdentityJson.Default.RoleInferenceList
        );
    }

    private Task<(Dictionary<string, Role> Roles, ILookup<string, string> Implied)> ReadAsync() =>
        db.ReadAsync(async tx =>
            (
                (await store.RolesAsync(tx)).ToDictionary(role => role.Id.Value),
                (await store.ImplicationsAsync(tx)).ToLookup(one => one.RoleId.Value, one => one.ImpliedId.Value)
            )
        );

    private RoleInferencesView View(
        HttpRequest request,
        Role prior,
        IEnumerable<string> implied,
        Dictionary<string, Role> roles
    ) => new(RoleRefView.Of(request, urls, prior), [.. implied.Select(id => RoleRefView.Of(request, urls, roles[id]))]);
}
