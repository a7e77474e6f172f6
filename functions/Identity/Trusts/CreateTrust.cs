using System.Text.Json;
using Pipeline.Data;
using Pipeline.Identity.ApplicationCredentials;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Trusts;

/// <summary>By the trustor alone, with roles that they have on the project, or on a trust's token with what that lends.</summary>
internal sealed class CreateTrust(
    Database db,
    IdentityStore store,
    Policies policies,
    IdentityUrls urls,
    Randomness randomness,
    TimeProvider time
)
{
    private const string Rule = "identity:create_trust";

    [
        Function("identity-create-trust"),
        Policy(Rule, Require.Token, Check = "user_id:%(target.trust.trustor_user_id)s"),
        Answers(201)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TrustPath.All)] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("trust");
        var (trust, wanted) = Read(body);
        var depth = Redelegation.Read(body);
        trust = trust with { RedelegationCount = depth ?? Redelegation.Deepest };
        policies.Enforce(Rule, caller, TrustPath.Target(trust));
        TrustPath.Check(caller);
        var (made, roles) = await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx); // what it rests on may be going
            if (await store.FindUserAsync(tx, trust.TrusteeId.Value) is null)
                throw Refusals.NotFound("user", trust.TrusteeId.Value);
            if (await store.FindProjectAsync(tx, trust.ProjectId.Value) is null)
                throw Refusals.NotFound("project", trust.ProjectId.Value);
            var made = caller.TrustId is null
                ? trust
                : Redelegation.On(await AboveAsync(tx, caller.TrustId), trust, depth);
            made = made with { Roles = await RolesAsync(tx, made, wanted) };
            await store.AddTrustAsync(tx, made);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"trust/{made.Id}"));
            return (made, await store.RolesAsync(tx));
        });
        return TrustView.Answer(201, request, urls, made, roles);
    }

    private (Trust Trust, IReadOnlyList<RoleRef> Roles) Read(Fields body)
    {
        var roles = body.Nullable("roles") is { } given ? given.Array().Select(RoleRef.Read).ToList() : [];
        if (roles.Count == 0)
            throw Fault.Forbidden("At least one role should be specified");
        var expires = body.Nullable("expires_at")?.Time();
        if (expires <= time.GetUtcNow())
            throw body["expires_at"].Wrong("must be in the future");
        var trust = new Trust
        {
            Id = randomness.NewGuid().ToString("N"),
            TrustorId = body.Id<UserId>("trustor_user_id"),
            TrusteeId = body.Id<UserId>("trustee_user_id"),
            ProjectId = body.Id<ProjectId>("project_id"),
            Impersonation = body.Bool("impersonation"),
            RemainingUses = body.Nullable("remaining_uses")?.Long(1, int.MaxValue),
            ExpiresAt = expires,
        };
        return (trust, roles);
    }

    private async ValueTask<Trust> AboveAsync(Tx tx, string id) =>
        await store.FindTrustAsync(tx, id) ?? throw Refusals.NotFound("trust", id);

    private async ValueTask<string> RolesAsync(Tx tx, Trust trust, IReadOnlyList<RoleRef> wanted)
    {
        var set = await store.RoleSetAsync(tx);
        var held = set.Effective(await store.AssignedAsync(tx, trust.OwnerId, TokenScope.Of(trust.ProjectId)));
        string[] chosen = [.. wanted.Select(role => Held(held, role)).Distinct()];
        if (trust.RedelegatedTrustId is { } above && chosen.Except((await AboveAsync(tx, above)).RoleIds()).Any())
            throw Fault.Forbidden("Some of requested roles are not in redelegated trust");
        return JsonSerializer.Serialize(chosen, IdentityJson.Default.StringArray);
    }

    private static string Held(IReadOnlyList<RoleFacts> held, RoleRef wanted) =>
        held.FirstOrDefault(role =>
            role.Id.Value == wanted.Id || (wanted.Id is null && role.Name == wanted.Name)
        )?.Id.Value
        ?? throw Refusals.NotFound("role", wanted.Id ?? wanted.Name!);
}
