using Pipeline.Identity.Catalog;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>GET and HEAD: what a token says, for its own user, for operators and for services.</summary>
internal sealed class ShowToken(TokenCheck tokens, ServiceCatalog catalog, Policies policies)
{
    private const string Rule = "identity:validate_token";

    [Function("identity-show-token"), Policy(Rule, Require.Token, Check = Checks.ValidateToken), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/auth/tokens")] HttpRequest request,
        Caller caller
    )
    {
        var (text, standing) = await SubjectToken.ReadAsync(request, tokens);
        policies.Enforce(Rule, caller, Targets.Token(standing.User.Id));
        return TokenView.Answer(
            200,
            TokenView.Of(standing, await catalog.OfAsync(request, standing.Place.Scope, standing.User.Id)),
            text
        );
    }
}

/// <summary>The token that a request is about, beside the one that it is made with.</summary>
internal static class SubjectToken
{
    /// <exception cref="Fault">NotFound when there is none, or it does not hold.</exception>
    public static async ValueTask<(string Text, Standing Standing)> ReadAsync(HttpRequest request, TokenCheck tokens)
    {
        var header = request.Headers["X-Subject-Token"];
        return header is [{ Length: > 0 } text] && await tokens.RunAsync(text) is { } standing
            ? (text, standing)
            : throw Fault.NotFound("Could not find token.");
    }
}
