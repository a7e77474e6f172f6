using Pipeline.Identity.Cache;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Tokens;

/// <summary>A token that holds, with what it stands for now.</summary>
/// <param name="Roles">Implied ones included; empty for an unscoped token.</param>
internal sealed record Standing(Token Token, UserFacts User, Place Place, IReadOnlyList<RoleFacts> Roles)
{
    /// <summary>The application credential or trust that it was got by.</summary>
    public Delegation? By { get; init; }
}

/// <summary>Where a token is good: what its scope is called now. Both are null for the system, and for no scope.</summary>
internal sealed record Place(TokenScope Scope, ProjectFacts? Project, DomainFacts? Domain)
{
    public static Place Nowhere { get; } = new(TokenScope.None, null, null);

    public static Place System { get; } = new(TokenScope.System, null, null);

    public static Place Of(ProjectFacts project) => new(TokenScope.Of(project.Id), project, null);

    public static Place Of(DomainFacts domain) => new(TokenScope.Of(domain.Id), null, domain);
}
