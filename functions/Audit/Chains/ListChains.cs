using Pipeline.Data;

namespace Pipeline.Audit.Chains;

internal sealed record ChainView(string Chain, ProjectId? ProjectId, DomainId? DomainId, long Records, string Hash);

internal sealed record ChainListView(IReadOnlyList<ChainView> Chains, string? Next);

/// <summary>The chains in the caller's reach, with the number and hash of their last records: what to keep elsewhere.</summary>
internal sealed class ListChains(Database db, Sealer sealer, Policies policies)
{
    private const string Rule = "audit:chains:list";
    private const int Most = 1000;

    [Function("audit-list-chains"), Policy(Rule, Require.Token, Check = Reach.Check), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "audit/v1/chains")] HttpRequest request,
        Caller caller
    )
    {
        var reach = Reach.Of(caller, policies, Rule);
        var page = Page.Of(request, Most);
        await sealer.SealAsync();
        var heads = await db.ReadAsync(tx => tx.ListHeadsAsync(reach, page.Marker ?? "", page.Limit + 1));
        var shown = heads
            .Take(page.Limit)
            .Select(h => new ChainView(h.Chain, h.ProjectId, h.DomainId, h.Number, h.Hash));
        var next =
            heads.Count > page.Limit && page.Limit > 0
                ? "/audit/v1/chains" + Page.NextQuery(request, heads[page.Limit - 1].Chain)
                : null;
        return Answer.Json(200, new([.. shown], next), AuditJson.Default.ChainListView);
    }
}
