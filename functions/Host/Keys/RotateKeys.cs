using Pipeline.Data;

namespace Pipeline.Functions.Keys;

/// <summary>
/// An operator's verb: new keys for tokens and secrets, or for one of them. They open at once and seal a little later, when all functions
/// hosts have them; old tokens stay valid, and secrets are sealed again in the background.
/// </summary>
internal sealed class RotateKeys(KeyRing ring, KeyView view)
{
    private const string Rule = "keys:rotate";

    [Function("keys-rotate"), Policy(Rule, Require.Admin), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "keys/v1/rotate")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var query = Query.Of(request);
        query.Only("purpose");
        string[] purposes = query["purpose"] switch
        {
            null => [KeyRing.Tokens, KeyRing.Secrets],
            KeyRing.Tokens or KeyRing.Secrets => [query["purpose"]!],
            var other => throw query.Wrong("purpose", $"'{other}' is neither {KeyRing.Tokens} nor {KeyRing.Secrets}"),
        };
        foreach (var purpose in purposes)
            await ring.RotateAsync(purpose, tx => tx.AuditAsync(caller.Audit(requestId, Rule, $"keys/{purpose}")));
        return Answer.Written(202, view.Write);
    }
}
