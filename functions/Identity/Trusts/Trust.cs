using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity.Trusts;

/// <summary>Roles on a project that one user, the trustor, lends to another, the trustee; who may lend them on, where that is said.</summary>
internal sealed record Trust
{
    public string Id { get; init; } = "";
    public UserId TrustorId { get; init; }
    public UserId TrusteeId { get; init; }
    public ProjectId ProjectId { get; init; }

    /// <summary>JSON, an array of role ids.</summary>
    public string Roles { get; init; } = "[]";

    /// <summary>True where the trustee acts under the trustor's name.</summary>
    public bool Impersonation { get; init; }

    /// <summary>Null for any number of logins.</summary>
    public long? RemainingUses { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whose roles they are, where the trustor has them by a trust.</summary>
    public UserId? RootId { get; init; }

    /// <summary>JSON, an array: the trustees of the trusts above it; null for none.</summary>
    public string? Agents { get; init; }

    /// <summary>The trust that it was made on.</summary>
    public string? RedelegatedTrustId { get; init; }

    /// <summary>How often it may be lent on, one below another.</summary>
    public long RedelegationCount { get; init; }

    /// <summary>The user whose roles are lent.</summary>
    public UserId OwnerId => RootId ?? TrustorId;

    public string[] RoleIds() => JsonSerializer.Deserialize(Roles, IdentityJson.Default.StringArray)!;
}

internal sealed record TrustDocument(TrustView Trust);

internal sealed record TrustList(IReadOnlyList<TrustView> Trusts, ListLinks Links);

internal sealed record TrustView(
    string Id,
    UserId TrustorUserId,
    UserId TrusteeUserId,
    ProjectId ProjectId,
    bool Impersonation,
    string? ExpiresAt,
    string? DeletedAt,
    long? RemainingUses,
    string? RedelegatedTrustId,
    long RedelegationCount,
    SelfLink Links
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RoleView>? Roles { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ListLinks? RolesLinks { get; init; }

    /// <summary>As lists have it: without roles.</summary>
    public static TrustView Of(HttpRequest request, IdentityUrls urls, Trust trust) =>
        new(
            trust.Id,
            trust.TrustorId,
            trust.TrusteeId,
            trust.ProjectId,
            trust.Impersonation,
            trust.ExpiresAt is { } at ? Times.Show(at) : null,
            DeletedAt: null,
            trust.RemainingUses,
            trust.RedelegatedTrustId,
            trust.RedelegationCount,
            new(urls.Of(request, $"OS-TRUST/trusts/{trust.Id}"))
        );

    public static Answer Answer(
        int status,
        HttpRequest request,
        IdentityUrls urls,
        Trust trust,
        IReadOnlyList<Role> roles
    )
    {
        var lent = trust.RoleIds();
        var view = Of(request, urls, trust) with
        {
            Roles =
            [
                .. roles.Where(role => lent.Contains(role.Id.Value)).Select(role => RoleView.Of(request, urls, role)),
            ],
            RolesLinks = new(urls.Of(request, $"OS-TRUST/trusts/{trust.Id}/roles")),
        };
        return Runtime.Answer.Json(status, new TrustDocument(view), IdentityJson.Default.TrustDocument);
    }
}
