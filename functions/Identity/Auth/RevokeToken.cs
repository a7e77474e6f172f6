using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>Ends a token, and with it all that were got by it.</summary>
internal sealed class RevokeToken(Database db, ChangeLog changes, TokenCheck tokens)
{
    private const string Rule = "identity:revoke_token";

    [Function("identity-revoke-token"), Policy(Rule, Require.Token), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/auth/tokens")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var (_, standing) = await SubjectToken.ReadAsync(request, tokens);
        if (!caller.IsAdmin && caller.UserId != standing.User.Id)
            throw Refusals.Forbidden(Rule);
        var auditId = standing.Token.Id.ToString();
        await db.WriteAsync(async tx =>
        {
            await changes.AddAsync(tx, Change.Token(auditId));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"token/{auditId}"));
        });
        return Answer.NoContent();
    }
}
