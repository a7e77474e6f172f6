using System.Globalization;
using Pipeline.Data;

namespace Pipeline.Audit.Chains;

/// <param name="Records">How many are sound, from the first one on.</param>
/// <param name="Hash">Of the last sound one.</param>
/// <param name="Broken">The first record that is not as it was sealed; null for a chain that is intact.</param>
internal sealed record VerificationView(string Chain, bool Intact, long Records, string Hash, BrokenView? Broken);

internal sealed record BrokenView(long Number, string? Id, string Reason);

/// <summary>
/// Computes every hash of a chain again, up to its present end. `number` and `hash`, from an earlier answer, are held against it: a chain
/// that was rewritten as a whole has another hash there.
/// </summary>
internal sealed class VerifyChain(Database db, Sealer sealer, Policies policies)
{
    private const string Rule = "audit:chains:verify";
    private const int Stretch = 1000;

    [Function("audit-verify-chain"), Policy(Rule, Require.Token, Check = Reach.Check), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "audit/v1/verification")] HttpRequest request,
        Caller caller,
        CancellationToken ct
    )
    {
        var reach = Reach.Of(caller, policies, Rule);
        var query = Query.Of(request);
        query.Only("chain", "number", "hash");
        var known = KnownOf(query);
        var chain = query["chain"] ?? OwnOf(reach);
        await sealer.SealAsync();
        var head = await db.ReadAsync(tx => tx.FindHeadAsync(chain));
        if (head is null || !reach.Covers(head.ProjectId, head.DomainId))
            throw Fault.NotFound($"No chain is called '{chain}'.");
        var found = await VerifyAsync(head, new(known), ct);
        var broken = found.Broken is { } b
            ? new BrokenView(b.Number, b.Event?.ToString(CultureInfo.InvariantCulture), b.Reason)
            : null;
        var view = new VerificationView(chain, broken is null, found.Sound, found.Hash, broken);
        return Answer.Json(200, view, AuditJson.Default.VerificationView);
    }

    private async Task<Verification> VerifyAsync(ChainHead head, Verification verification, CancellationToken ct)
    {
        while (verification.Sound < head.Number)
        {
            ct.ThrowIfCancellationRequested();
            var after = verification.Sound;
            var records = await db.ReadAsync(tx => tx.ListChainAsync(head.Chain, after, head.Number, Stretch));
            if (!records.All(verification.Goes) || records.Count == 0)
                break;
        }
        verification.End(head);
        return verification;
    }

    private static string OwnOf(Reach reach) =>
        reach.Project is { } project ? $"project/{project}"
        : reach.Domain is { } domain ? $"domain/{domain}"
        : Chain.System;

    private static (long, string)? KnownOf(Query query) =>
        (query.Int("number", 1), query["hash"]) switch
        {
            ({ } number, { } hash) => (number, hash),
            (null, null) => null,
            _ => throw query.Wrong("number", "it goes with hash"),
        };
}
