using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Catalog;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Passwords;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>A login. Whatever is wrong with it is the same 401.</summary>
internal sealed class IssueToken(
    Names names,
    ScopeOfLogin scopes,
    ChangeFeed feed,
    PasswordCheck passwords,
    TokenCheck tokens,
    TokenSeal seal,
    ServiceCatalog catalog,
    IdentityOptions options,
    Randomness randomness,
    TimeProvider time
)
{
    [Function("identity-issue-token"), Policy("identity:issue_token", Require.Anyone), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/auth/tokens")] HttpRequest request
    )
    {
        var auth = AuthRequest.Read(await request.ReadFieldsAsync());
        if (auth.Methods.Any(method => method is not ("password" or "token")))
            throw new Fault(FaultCode.Unauthorized, "Attempted to authenticate with an unsupported method.");
        await feed.ConfirmAsync();
        var version = feed.Version; // read first: what changes from here on revokes this token
        var parent = auth.Token is null ? null : await ParentAsync(auth.Token);
        var user = await ProvenUserAsync(auth, parent, request.HttpContext);
        var (place, roles) = await scopes.FindAsync(auth.Scope, user);
        var token = Issue(auth, user, place.Scope, roles, version);
        token = parent is null ? token : token.Descend(parent.Token);
        var view = TokenView.Of(new(token, user, place, roles), await catalog.OfAsync(request, place.Scope, user.Id));
        return TokenView.Answer(201, view, seal.Seal(token));
    }

    private Token Issue(
        AuthRequest auth,
        UserFacts user,
        TokenScope scope,
        IReadOnlyList<RoleFacts> roles,
        long version
    )
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var methods =
            (auth.Password is null ? AuthMethods.None : AuthMethods.Password)
            | (auth.Token is null ? AuthMethods.None : AuthMethods.Token);
        var id = new AuditId(randomness.NewGuid());
        return new(user.Id, scope, methods, id, now, now + options.TokenLifetime, version)
        {
            Roles = [.. roles.Select(role => role.Number)],
        };
    }

    private async ValueTask<Standing> ParentAsync(string text) =>
        await tokens.RunAsync(text) ?? throw Fault.NotFound("Could not find token.");

    private async ValueTask<UserFacts> ProvenUserAsync(AuthRequest auth, Standing? parent, HttpContext context)
    {
        if (auth.Password is not { } proof)
            return parent!.User;
        var user = await names.UserAsync(proof.User);
        if (!await passwords.VerifyAsync(user, proof.Password, context) || user is not { Enabled: true })
            throw Refusals.Unauthorized();
        return parent is null || parent.User.Id == user.Id ? user : throw Refusals.Unauthorized();
    }
}
