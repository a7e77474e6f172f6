using System.Text.Json;
using Pipeline.Identity.ApplicationCredentials;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Delegations;

/// <summary>An application credential or a trust, as logins and tokens need it: whose roles, for whom, until when.</summary>
internal sealed record Delegation
{
    public string Id { get; init; } = "";
    public DelegationKind Kind { get; init; }

    /// <summary>Of an application credential.</summary>
    public string? Name { get; init; }

    /// <summary>The user whose roles it lends.</summary>
    public UserId OwnerId { get; init; }

    /// <summary>Who made it; of a trust that was lent on the trustee of the one above, else the owner.</summary>
    public UserId TrustorId { get; init; }

    /// <summary>The user who may log in by it: the trustee; of an application credential the owner again.</summary>
    public UserId BearerId { get; init; }
    public ProjectId ProjectId { get; init; }

    /// <summary>JSON, an array of role ids.</summary>
    public string Roles { get; init; } = "[]";

    /// <summary>JSON, an array of the users through whom it was lent on; null for none.</summary>
    public string? Agents { get; init; }

    /// <summary>True where the bearer acts under the owner's name.</summary>
    public bool Impersonation { get; init; }

    /// <summary>True where it may be used to make and delete others.</summary>
    public bool Unrestricted { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Logins that are left; null for any number.</summary>
    public long? RemainingUses { get; init; }

    /// <summary>JSON, an array; null where there is no such bound.</summary>
    public string? AccessRules { get; init; }
    public string? SecretHash { get; init; }

    public Delegated Named => new(Kind, Id);

    /// <summary>The user that its tokens are of.</summary>
    public UserId ActsAs => Impersonation ? OwnerId : BearerId;

    public bool IsOver(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>Everyone whom it ends with.</summary>
    public IEnumerable<UserId> Parties() =>
        Agents is null
            ? [OwnerId, BearerId]
            :
            [
                OwnerId,
                BearerId,
                .. JsonSerializer.Deserialize(Agents, IdentityJson.Default.StringArray)!.Select(id => new UserId(id)),
            ];

    public string[] RoleIds() => JsonSerializer.Deserialize(Roles, IdentityJson.Default.StringArray)!;

    public IReadOnlyList<AccessRuleView>? Rules() =>
        AccessRules is null ? null : JsonSerializer.Deserialize(AccessRules, IdentityJson.Default.AccessRuleViewArray)!;

    public override string ToString() => $"{Kind} {Id}"; // a record would print the hash
}
