using Pipeline.Data;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Trusts;

/// <summary>A user's own, lent or borrowed; all of them for who reads the system.</summary>
internal sealed class ListTrusts(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_trusts";
    private const string TrustorRule = "identity:list_trusts_for_trustor";
    private const string TrusteeRule = "identity:list_trusts_for_trustee";

    [Function("identity-list-trusts"), Policy(Rule, Require.Token, Check = Checks.Read), Answers(200)]
    [FurtherRule(TrustorRule, $"{Checks.Read} or user_id:%(target.trust.trustor_user_id)s")]
    [FurtherRule(TrusteeRule, $"{Checks.Read} or user_id:%(target.trust.trustee_user_id)s")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TrustPath.All)] HttpRequest request,
        Caller caller
    )
    {
        var query = Query.Of(request);
        var (trustor, trustee) = (query["trustor_user_id"], query["trustee_user_id"]);
        var rule =
            trustor is not null ? TrustorRule
            : trustee is not null ? TrusteeRule
            : Rule;
        policies.Enforce(rule, caller, TrustPath.Target(trustor, trustee));
        TrustPath.Check(caller);
        var trusts = await db.ReadAsync(tx => store.TrustsAsync(tx, trustor, trustee));
        return Answer.Json(
            200,
            new TrustList(
                [.. trusts.Select(trust => TrustView.Of(request, urls, trust))],
                urls.Links(request, "OS-TRUST/trusts")
            ),
            IdentityJson.Default.TrustList
        );
    }
}
