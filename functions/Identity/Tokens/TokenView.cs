using System.Text.Json.Serialization;
using Pipeline.Identity.ApplicationCredentials;
using Pipeline.Identity.Auth;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Catalog;

namespace Pipeline.Identity.Tokens;

internal sealed record NamedView(string Id, string Name);

internal sealed record ScopedView(NamedView Domain, string Id, string Name);

internal sealed record TokenUserView(NamedView Domain, string Id, string Name, string? PasswordExpiresAt);

internal sealed record TokenPartyView(UserId Id);

internal sealed record TokenTrustView(
    string Id,
    bool Impersonation,
    TokenPartyView TrustorUser,
    TokenPartyView TrusteeUser
);

internal sealed record TokenCredentialView(string Id, string Name, bool Restricted)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AccessRuleView>? AccessRules { get; init; }
}

internal sealed record TokenDocument(TokenView Token);

/// <summary>A token as Keystone shows it. An unscoped one has neither roles nor catalogue.</summary>
internal sealed record TokenView(
    IReadOnlyList<string> Methods,
    TokenUserView User,
    IReadOnlyList<string> AuditIds,
    string ExpiresAt,
    string IssuedAt
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ScopedView? Project { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NamedView? Domain { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Assignments.WholeSystem? System { get; init; }

    [JsonPropertyName("OS-TRUST:trust"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TokenTrustView? Trust { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TokenCredentialView? ApplicationCredential { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsDomain { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NamedView>? Roles { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CatalogView>? Catalog { get; init; }

    /// <param name="catalog">Null leaves it out, as `?nocatalog` asks.</param>
    public static TokenView Of(Standing standing, IReadOnlyList<CatalogView>? catalog)
    {
        var (token, user, place, roles) = standing;
        var view = new TokenView(
            MethodNames.Of(token.Methods),
            new(
                new(user.DomainId.Value, user.DomainName),
                user.Id.Value,
                user.Name,
                user.PasswordExpiresAt is { } end ? Times.Show(end) : null
            ),
            token.AuditIds,
            Times.Show(token.ExpiresAt),
            Times.Show(token.IssuedAt)
        );
        return place.Scope.Kind == ScopeKind.None
            ? view
            : view with
            {
                Project = place.Project is { } project
                    ? new(new(project.DomainId.Value, project.DomainName), project.Id.Value, project.Name)
                    : null,
                Domain = place.Domain is { } domain ? new(domain.Id.Value, domain.Name) : null,
                System = place.Scope.Kind == ScopeKind.System ? new(All: true) : null,
                Trust = standing.By is { Kind: DelegationKind.Trust } trust
                    ? new(trust.Id, trust.Impersonation, new(trust.TrustorId), new(trust.BearerId))
                    : null,
                ApplicationCredential = standing.By is { Kind: DelegationKind.ApplicationCredential } credential
                    ? new(credential.Id, credential.Name!, !credential.Unrestricted)
                    {
                        AccessRules = credential.Rules(),
                    }
                    : null,
                IsDomain = place.Project is null ? null : false,
                Roles = [.. roles.Select(role => new NamedView(role.Id.Value, role.Name))],
                Catalog = catalog,
            };
    }

    public static Answer Answer(int status, TokenView view, string token) =>
        Runtime
            .Answer.Json(status, new TokenDocument(view), IdentityJson.Default.TokenDocument)
            .With("X-Subject-Token", token)
            .With("Vary", "X-Auth-Token");
}
