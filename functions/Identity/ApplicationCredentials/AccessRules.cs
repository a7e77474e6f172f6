using Pipeline.Data;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.ApplicationCredentials;

internal sealed record AccessRuleDocument(LinkedAccessRule AccessRule);

internal sealed record AccessRuleList(IReadOnlyList<LinkedAccessRule> AccessRules, ListLinks Links);

internal sealed record LinkedAccessRule(string Id, string Service, string Path, string Method, SelfLink Links);

/// <summary>The rules that a user's application credentials are made of; one that is in use stays.</summary>
internal sealed class AccessRules(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string All = "identity/v3/users/{user_id}/access_rules";
    private const string One = $"{All}/{{access_rule_id}}";

    [Function("identity-list-access-rules")]
    [Policy("identity:list_access_rules", Require.Token, Check = Checks.ReadOwn), Answers(200)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request,
        Caller caller,
        string userId
    )
    {
        policies.Enforce("identity:list_access_rules", caller, Targets.UserId(userId));
        var query = Query.Of(request);
        var (service, path, method) = (query["service"], query["path"], query["method"]);
        var rules = (await db.ReadAsync(tx => store.AccessRulesAsync(tx, new(userId))))
            .Where(rule => service is null || rule.Service == service)
            .Where(rule => path is null || rule.Path == path)
            .Where(rule => method is null || rule.Method == method);
        return Answer.Json(
            200,
            new AccessRuleList(
                [.. rules.Select(rule => View(request, userId, rule))],
                urls.Links(request, $"users/{userId}/access_rules")
            ),
            IdentityJson.Default.AccessRuleList
        );
    }

    [Function("identity-show-access-rule")]
    [Policy("identity:get_access_rule", Require.Token, Check = Checks.ReadOwn), Answers(200)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        Caller caller,
        string userId,
        string accessRuleId
    )
    {
        policies.Enforce("identity:get_access_rule", caller, Targets.UserId(userId));
        var rule = await db.ReadAsync(tx => FindAsync(tx, userId, accessRuleId));
        return Answer.Json(
            200,
            new AccessRuleDocument(View(request, userId, rule)),
            IdentityJson.Default.AccessRuleDocument
        );
    }

    [Function("identity-delete-access-rule")]
    [Policy("identity:delete_access_rule", Require.Token, Check = Checks.WriteOwn), Answers(204)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string userId,
        string accessRuleId
    )
    {
        const string rule = "identity:delete_access_rule";
        policies.Enforce(rule, caller, Targets.UserId(userId));
        Delegating.Check(caller, "access rules");
        await db.WriteAsync(async tx =>
        {
            await FindAsync(tx, userId, accessRuleId);
            var inUse = (await store.CredentialsAsync(tx, new(userId))).Any(one =>
                one.AccessRules?.Contains($"\"{accessRuleId}\"") == true
            );
            if (inUse)
                throw Fault.Forbidden($"Access rule {accessRuleId} is in use and cannot be deleted.");
            await store.DeleteAccessRuleAsync(tx, accessRuleId);
            await tx.AuditAsync(caller.Audit(requestId, rule, $"access_rule/{accessRuleId}"));
        });
        return Answer.NoContent();
    }

    private async ValueTask<AccessRuleView> FindAsync(Tx tx, string userId, string id) =>
        (await store.AccessRulesAsync(tx, new(userId))).FirstOrDefault(rule => rule.Id == id)
        ?? throw Refusals.NotFound("Access Rule", id);

    private LinkedAccessRule View(HttpRequest request, string userId, AccessRuleView rule) =>
        new(
            rule.Id,
            rule.Service,
            rule.Path,
            rule.Method,
            new(urls.Of(request, $"users/{userId}/access_rules/{rule.Id}"))
        );
}
