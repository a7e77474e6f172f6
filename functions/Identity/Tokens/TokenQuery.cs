namespace Pipeline.Identity.Tokens;

/// <summary>What the pipeline asks for every request that carries a token.</summary>
internal sealed class TokenQuery(TokenCheck check) : ITokens
{
    public async ValueTask<Caller?> AuthenticateAsync(string token) =>
        await check.RunAsync(token) is { } standing ? CallerOf(standing) : null;

    private static Caller CallerOf(Standing standing)
    {
        var roles = new string[standing.Roles.Count];
        for (var i = 0; i < roles.Length; i++)
            roles[i] = standing.Roles[i].Name;
        return new(
            standing.User.Id,
            standing.User.Name,
            standing.User.DomainId,
            standing.Place.Scope.Project,
            standing.Place.Scope.Domain,
            roles,
            standing.Token.Id.ToString(),
            standing.Token.ExpiresAt
        )
        {
            System = standing.Place.Scope.Kind == ScopeKind.System,
            Lent = standing.By is not null,
            TrustId = standing.By is { Kind: DelegationKind.Trust } trust ? trust.Id : null,
            Restricted = standing.By is { Unrestricted: false },
            AccessRules = standing.By?.Rules() is { } rules
                ? [.. rules.Select(rule => new AccessRule(rule.Service, rule.Method, rule.Path))]
                : null,
            BySignature = standing.Token.Methods.HasFlag(AuthMethods.Ec2),
            ProjectDomainId = standing.Place.Project?.DomainId,
        };
    }
}
