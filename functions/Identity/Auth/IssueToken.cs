using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Passwords;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>A login. Whatever is wrong with it is the same 401.</summary>
internal sealed class IssueToken(
    Names names,
    ScopeOfLogin scopes,
    DelegatedLogin delegated,
    ChangeFeed feed,
    PasswordCheck passwords,
    TokenCheck check,
    NewTokens tokens
)
{
    [Function("identity-issue-token"), Policy("identity:issue_token", Require.Anyone), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/auth/tokens")] HttpRequest request
    )
    {
        var auth = AuthRequest.Read(await request.ReadFieldsAsync());
        if (auth.Methods.Any(method => method is not ("password" or "token" or "application_credential")))
            throw new Fault(FaultCode.Unauthorized, "Attempted to authenticate with an unsupported method.");
        await feed.ConfirmAsync();
        var version = feed.Version; // read first: what changes from here on revokes this token
        var parent = auth.Token is null ? null : await ParentAsync(auth.Token);
        var granted = await GrantAsync(auth, parent, request.HttpContext);
        var made = await tokens.MakeAsync(request, granted, MethodsOf(auth), version, parent?.Token);
        return TokenView.Answer(201, made.View, made.Text);
    }

    private async ValueTask<Granted> GrantAsync(AuthRequest auth, Standing? parent, HttpContext context)
    {
        if (auth.Credential is { } proof)
        {
            if (auth.Methods.Count > 1 || auth.Scope is not Scope.Default)
                throw new Fault(FaultCode.Unauthorized, "Application credentials cannot request a scope.");
            return await delegated.ByCredentialAsync(proof, context);
        }
        if (parent is not null && parent.Token.Methods.HasFlag(AuthMethods.Ec2))
            throw Fault.Forbidden("EC2 credential tokens cannot be used for authorization.");
        if (parent?.By is { } by)
            return Again(by, parent, auth);
        return await scopes.FindAsync(auth.Scope, await ProvenUserAsync(auth, parent, context));
    }

    // What was lent is good for its project alone, whoever asks again by its token.
    private static Granted Again(Delegation by, Standing parent, AuthRequest auth)
    {
        var same =
            auth.Scope is Scope.Default
            || (auth.Scope is Scope.OfProject { Project.Id: { } id } && id == by.ProjectId.Value);
        if (by.Kind == DelegationKind.Trust || auth.Password is not null || !same)
            throw Fault.Forbidden("Using a delegated token to create another token is not allowed.");
        return new(parent.User, parent.Place, parent.Roles, by);
    }

    private static AuthMethods MethodsOf(AuthRequest auth) =>
        (auth.Password is null ? AuthMethods.None : AuthMethods.Password)
        | (auth.Token is null ? AuthMethods.None : AuthMethods.Token)
        | (auth.Credential is null ? AuthMethods.None : AuthMethods.ApplicationCredential);

    private async ValueTask<Standing> ParentAsync(string text) =>
        await check.RunAsync(text) ?? throw Fault.NotFound("Could not find token.");

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
