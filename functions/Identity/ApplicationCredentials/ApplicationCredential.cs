using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity.ApplicationCredentials;

/// <summary>A secret by which a program logs in as a user, with some of the user's roles on one project.</summary>
internal sealed record ApplicationCredential
{
    public string Id { get; init; } = "";
    public UserId UserId { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Name { get; init; } = "";
    public string? Description { get; init; }

    /// <summary>JSON, an array of role ids.</summary>
    public string Roles { get; init; } = "[]";
    public bool Unrestricted { get; init; }

    /// <summary>JSON, an array; null where there is no such bound.</summary>
    public string? AccessRules { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

internal sealed record CredentialDocument(CredentialView ApplicationCredential);

internal sealed record CredentialList(IReadOnlyList<CredentialView> ApplicationCredentials, ListLinks Links);

internal sealed record CredentialRole(string Id, string Name, string? DomainId);

internal sealed record AccessRuleView
{
    public string Id { get; init; } = "";
    public string Path { get; init; } = "";
    public string Method { get; init; } = "";
    public string Service { get; init; } = "";
}

/// <param name="Secret">Shown once, by the answer that makes it.</param>
internal sealed record CredentialView(
    string Id,
    string Name,
    string? Description,
    ProjectId ProjectId,
    IReadOnlyList<CredentialRole> Roles,
    string? ExpiresAt,
    bool Unrestricted,
    SelfLink Links
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AccessRuleView[]? AccessRules { get; init; }

    public static CredentialView Of(
        HttpRequest request,
        IdentityUrls urls,
        ApplicationCredential credential,
        IReadOnlyList<Role> roles
    ) =>
        new(
            credential.Id,
            credential.Name,
            credential.Description,
            credential.ProjectId,
            RolesOf(credential.Roles, roles),
            credential.ExpiresAt is { } at ? Times.Show(at) : null,
            credential.Unrestricted,
            new(urls.Of(request, $"users/{credential.UserId}/application_credentials/{credential.Id}"))
        )
        {
            AccessRules = credential.AccessRules is { } rules
                ? JsonSerializer.Deserialize(rules, IdentityJson.Default.AccessRuleViewArray)
                : null,
        };

    public override string ToString() => $"application credential {Id}"; // a record would print the secret

    // Roles that were deleted since are gone.
    private static List<CredentialRole> RolesOf(string ids, IReadOnlyList<Role> roles) =>
        [
            .. JsonSerializer
                .Deserialize(ids, IdentityJson.Default.StringArray)!
                .Select(id => roles.FirstOrDefault(role => role.Id.Value == id))
                .OfType<Role>()
                .Select(role => new CredentialRole(
                    role.Id.Value,
                    role.Name,
                    role.DomainId.Length > 0 ? role.DomainId : null
                )),
        ];
}
