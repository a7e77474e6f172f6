using Pipeline.Identity.Auth;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Signatures;

/// <summary>
/// A service asks whose request it has got: a right signature is answered with a token of the key pair's project. Only services and admins
/// may ask, as who has seen a signed request once must get no token for it (OSSA-2025-002).
/// </summary>
internal sealed class ValidateSignature(
    SignatureLogin login,
    NewTokens tokens,
    ChangeFeed feed,
    Policies policies,
    TimeProvider time
)
{
    private const string Ec2Rule = "identity:ec2tokens_validate";
    private const string S3Rule = "identity:s3tokens_validate";

    [
        Function("identity-validate-ec2-signature"),
        Policy(Ec2Rule, Require.Token, Check = Checks.ServiceOrAdmin),
        Answers(200)
    ]
    public async Task<IResult> Ec2Async(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/ec2tokens")] HttpRequest request,
        Caller caller
    )
    {
        policies.Enforce(Ec2Rule, caller, PolicyTarget.None);
        var made = await LoginAsync(request, Holds);
        return TokenView.Answer(200, made.View, made.Text);
    }

    [
        Function("identity-validate-s3-signature"),
        Policy(S3Rule, Require.Token, Check = Checks.ServiceOrAdmin),
        Answers(200)
    ]
    public async Task<IResult> S3Async(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/s3tokens")] HttpRequest request,
        Caller caller
    )
    {
        policies.Enforce(S3Rule, caller, PolicyTarget.None);
        var made = await LoginAsync(request, SignatureS3.Holds);
        return Answer.Json(200, new TokenDocument(made.View), IdentityJson.Default.TokenDocument); // no token, as Keystone
    }

    private async ValueTask<NewToken> LoginAsync(HttpRequest request, Func<SignedRequest, string, bool> holds)
    {
        var signed = SignedRequest.Read(await request.ReadFieldsAsync());
        await feed.ConfirmAsync();
        var version = feed.Version; // read first: what changes from here on revokes this token
        return await tokens.MakeAsync(request, await login.FindAsync(signed, holds), AuthMethods.Ec2, version);
    }

    // Versions 0 and 1 are not here: what they sign can be rearranged.
    private bool Holds(SignedRequest request, string secret)
    {
        var now = time.GetUtcNow();
        return SignatureV2.IsOf(request)
            ? SignatureV2.Holds(request, secret) && SignatureV2.IsFresh(request, now)
            : SignatureV4.IsOf(request) && SignatureV4.Holds(request, secret) && SignatureV4.IsFresh(request, now);
    }
}
