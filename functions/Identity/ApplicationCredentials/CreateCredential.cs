using System.Buffers.Text;
using System.Text.Json;
using Pipeline.Data;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Passwords;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity.ApplicationCredentials;

/// <summary>By the user alone, for the project of their token, with roles that the token has.</summary>
internal sealed class CreateCredential(
    Database db,
    IdentityStore store,
    Policies policies,
    PasswordCheck passwords,
    IdentityUrls urls,
    Randomness randomness,
    TimeProvider time
)
{
    private const string Rule = "identity:create_application_credential";
    private const int SecretBytes = 64;

    [
        Function("identity-create-application-credential"),
        Policy(Rule, Require.Token, Check = Checks.OwnUser),
        Answers(201)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "post",
            Route = "identity/v3/users/{user_id}/application_credentials"
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string userId
    )
    {
        policies.Enforce(Rule, caller, Targets.UserId(userId));
        Delegating.Check(caller, "additional application credentials");
        var order = NewCredential.Read(
            (await request.ReadFieldsAsync()).Object("application_credential"),
            time.GetUtcNow()
        );
        var secret = order.Secret ?? Base64Url.EncodeToString(randomness.Bytes(SecretBytes));
        var hash = await passwords.HashAsync(secret, request.HttpContext);
        var project =
            caller.ProjectId ?? throw Fault.BadRequest("An application credential needs a token of a project.");
        var id = randomness.NewGuid().ToString("N");
        var (made, roles) = await db.WriteAsync(async tx =>
        {
            var roles = await store.RolesAsync(tx);
            var made = new ApplicationCredential
            {
                Id = id,
                UserId = caller.UserId,
                ProjectId = project,
                Name = order.Name,
                Description = order.Description,
                Roles = RolesOf(order, caller, roles),
                Unrestricted = order.Unrestricted,
                AccessRules = await RulesAsync(tx, caller.UserId, order.Rules),
                ExpiresAt = order.ExpiresAt,
            };
            if (!await store.TryAddCredentialAsync(tx, made, hash))
                throw Refusals.Duplicate("application_credential", made.Name);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"application_credential/{id}"));
            return (made, roles);
        });
        var view = CredentialView.Of(request, urls, made, roles) with { Secret = secret };
        return Answer.Json(201, new CredentialDocument(view), IdentityJson.Default.CredentialDocument);
    }

    private static string RolesOf(NewCredential order, Caller caller, IReadOnlyList<Role> roles)
    {
        var held = roles.Where(role => role.DomainId.Length == 0 && caller.Roles.Contains(role.Name)).ToList();
        string[] chosen = order.Roles is null
            ? [.. held.Select(role => role.Id.Value)]
            : [.. order.Roles.Select(wanted => Delegating.Held(held, wanted)).Distinct()];
        return JsonSerializer.Serialize(chosen, IdentityJson.Default.StringArray);
    }

    // A rule that the user has already keeps its id.
    private async ValueTask<string?> RulesAsync(Tx tx, UserId user, IReadOnlyList<AccessRuleView>? wanted)
    {
        if (wanted is null)
            return null;
        var (known, chosen) = ((await store.AccessRulesAsync(tx, user)).ToList(), new List<AccessRuleView>());
        foreach (var rule in wanted)
        {
            var found = known.FirstOrDefault(one =>
                rule.Id.Length > 0 ? one.Id == rule.Id : one with { Id = "" } == rule
            );
            if (found is null && rule.Id.Length > 0)
                throw Refusals.NotFound("access_rule", rule.Id);
            if (found is null)
            {
                found = rule with { Id = randomness.NewGuid().ToString("N") };
                await store.AddAccessRuleAsync(tx, user, found);
                known.Add(found);
            }
            chosen.Add(found);
        }
        return JsonSerializer.Serialize([.. chosen], IdentityJson.Default.AccessRuleViewArray);
    }
}
