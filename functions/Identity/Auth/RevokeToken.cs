using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>Ends a token, and with it all that were got by it.</summary>
internal sealed class RevokeToken(Database db, ChangeLog changes, TokenCheck tokens, Policies policies)
{
    private const string Rule = "identity:revoke_token";

    [Function("identity-revoke-token"), Policy(Rule, Require.Token, Check = Checks.RevokeToken), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/auth/tokens")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var (_, standing) = await SubjectToken.ReadAsync(request, tokens);
        policies.Enforce(Rule, caller, Targets.Token(standing.User.Id));
        var auditId = standing.Token.Id.ToString();
        await db.WriteAsync(async tx =>
        {
            await changes.AddAsync(tx, Change.Token(auditId));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"token/{auditId}"));
        });
        return Answer.NoContent();
    }
}
