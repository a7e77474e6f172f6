using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>A login. Whatever is wrong with it is the same 401; where its user's rules ask for more, that says so, with a receipt.</summary>
internal sealed class IssueToken(
    ProvenUser proven,
    ScopeOfLogin scopes,
    DelegatedLogin delegated,
    ChangeFeed feed,
    TokenCheck check,
    Receipts receipts,
    NewTokens tokens
)
{
    [Function("identity-issue-token"), Policy("identity:issue_token", Require.Anyone), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/auth/tokens")] HttpRequest request
    )
    {
        var auth = AuthRequest.Read(await request.ReadFieldsAsync());
        var asked = MethodNames.Read(auth.Methods);
        await feed.ConfirmAsync();
        var version = feed.Version; // read first: what changes from here on revokes this token
        var parent = auth.Token is null ? null : await ParentAsync(auth.Token);
        var receipt = await receipts.ReadAsync(request);
        var shown = asked | (parent?.Token.Methods ?? default) | (receipt?.Methods ?? default);
        if (await LentAsync(auth, parent, request.HttpContext) is { } lent)
            return MultiFactor.IsEnough(lent.User.Asks, shown)
                ? await AnswerAsync(request, lent, asked, version, parent)
                : throw Refusals.Unauthorized(); // a receipt would be worth more than what was lent
        var already = new[] { parent?.User.Id, receipt?.User }.OfType<UserId>().ToList();
        var user = await proven.FindAsync(auth, already, request.HttpContext);
        if (!MultiFactor.IsEnough(user.Asks, shown))
            return receipts.Ask(user, shown, version);
        return await AnswerAsync(request, await scopes.FindAsync(auth.Scope, user), shown, version, parent);
    }

    private async ValueTask<IResult> AnswerAsync(
        HttpRequest request,
        Granted granted,
        AuthMethods methods,
        long version,
        Standing? parent
    )
    {
        var made = await tokens.MakeAsync(request, granted, methods, version, parent?.Token);
        return TokenView.Answer(201, made.View, made.Text);
    }

    // Null for a login that is the user's own.
    private async ValueTask<Granted?> LentAsync(AuthRequest auth, Standing? parent, HttpContext context)
    {
        if (auth.Credential is { } proof)
        {
            if (auth.Methods.Count > 1 || auth.Scope is not Scope.Default)
                throw new Fault(FaultCode.Unauthorized, "Application credentials cannot request a scope.");
            return await delegated.ByCredentialAsync(proof, context);
        }
        if (parent is not null && parent.Token.Methods.HasFlag(AuthMethods.Ec2))
            throw Fault.Forbidden("EC2 credential tokens cannot be used for authorization.");
        return parent?.By is { } by ? Again(by, parent, auth) : null;
    }

    // What was lent is good for its project alone, whoever asks again by its token.
    private static Granted Again(Delegation by, Standing parent, AuthRequest auth)
    {
        var same =
            auth.Scope is Scope.Default
            || (auth.Scope is Scope.OfProject { Project.Id: { } id } && id == by.ProjectId.Value);
        if (by.Kind == DelegationKind.Trust || auth.Methods.Count > 1 || !same)
            throw Fault.Forbidden("Using a delegated token to create another token is not allowed.");
        return new(parent.User, parent.Place, parent.Roles, by);
    }

    private async ValueTask<Standing> ParentAsync(string text) =>
        await check.RunAsync(text) ?? throw Fault.NotFound("Could not find token.");
}
