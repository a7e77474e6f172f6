using System.Text.Json.Serialization;
using Pipeline.Data;

namespace Pipeline.Identity.Changes;

internal sealed record RevocationList(IReadOnlyList<RevocationView> Events, ListLinks Links);

/// <summary>Tokens that end: those issued before, of all that is named.</summary>
internal sealed record RevocationView(string IssuedBefore)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UserId? UserId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProjectId? ProjectId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DomainId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AuditId { get; init; }

    /// <summary>Of a trust, an application credential or an EC2 key pair.</summary>
    [JsonPropertyName("OS-TRUST:trust_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TrustId { get; init; }

    public static RevocationView Of(Change change, DateTimeOffset at) =>
        new(Times.Show(at))
        {
            UserId = change.UserId,
            ProjectId = change.ProjectId,
            AuditId = change.AuditId,
            DomainId = change.Kind == Change.OfDomain ? change.Subject : null,
            TrustId = change.Kind == Change.OfDelegation ? change.Subject : null,
        };
}

/// <summary>
/// Revocations that a token could still be hit by, the oldest first. What is looked up at each use (roles of groups, inherited ones) has no
/// event: nobody can say beforehand whose tokens it ends.
/// </summary>
internal sealed class ListRevocations(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_revoke_events";

    [Function("identity-list-revocations"), Policy(Rule, Require.Token, Check = Checks.ServiceOrAdmin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/OS-REVOKE/events")] HttpRequest request,
        Caller caller
    )
    {
        policies.Enforce(Rule, caller, PolicyTarget.None);
        var since = Query.Of(request).Time("since") ?? DateTimeOffset.MinValue;
        var changes = await db.ReadAsync(tx => store.ChangesAfterAsync(tx, version: 0));
        var events = changes
            .Where(change => change.Revokes && change.Kind is not (Change.OfGrants or Change.OfRoles or Change.OfAll))
            .Select(change => (Change: change, At: store.TimeOf(change)))
            .Where(one => one.At >= since)
            .Select(one => RevocationView.Of(one.Change, one.At));
        return Answer.Json(
            200,
            new RevocationList([.. events], urls.Links(request, "OS-REVOKE/events")),
            IdentityJson.Default.RevocationList
        );
    }
}
