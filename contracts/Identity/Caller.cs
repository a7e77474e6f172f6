namespace Pipeline.Contracts.Identity;

/// <summary>Who asks, as a valid token or a host's signature says; <see cref="Anonymous"/> where a route needs neither.</summary>
/// <param name="ProjectId">The token's project scope; null for an unscoped, domain or system token.</param>
/// <param name="DomainId">The token's domain scope.</param>
/// <param name="Roles">Role names in that scope, implied ones included.</param>
/// <param name="TokenId">The token's audit id, never the token.</param>
public sealed record Caller(
    UserId UserId,
    string UserName,
    DomainId UserDomainId,
    ProjectId? ProjectId,
    DomainId? DomainId,
    IReadOnlyList<string> Roles,
    string TokenId,
    DateTimeOffset ExpiresAt
)
{
    public static Caller Anonymous { get; } = new(new(""), "", new(""), null, null, [], "", DateTimeOffset.MaxValue);

    /// <summary>True for a token scoped to the whole system.</summary>
    public bool System { get; init; }

    /// <summary>True for what was lent by a trust or an application credential, and may not be lent on.</summary>
    public bool Restricted { get; init; }

    /// <summary>True for whatever a trust or an application credential has lent.</summary>
    public bool Lent { get; init; }

    /// <summary>The trust that lent it.</summary>
    public string? TrustId { get; init; }

    /// <summary>True for a token got by an EC2 signature: it says who signed a request, and is no login to Identity itself.</summary>
    public bool BySignature { get; init; }

    /// <summary>The domain of the project that the token is scoped to.</summary>
    public DomainId? ProjectDomainId { get; init; }

    /// <summary>All that a token may be used for; null for one that has no such bounds.</summary>
    public IReadOnlyList<AccessRule>? AccessRules { get; init; }

    /// <summary>The host that signed the request; set on agents' routes alone.</summary>
    public HostId? Host { get; init; }

    public bool IsAnonymous => TokenId.Length == 0 && Host is null;

    public bool IsAdmin => Rank == Rank.Admin;

    /// <summary>The highest of the roles that policies know; other roles grant nothing.</summary>
    public Rank Rank
    {
        get
        {
            var rank = Rank.None;
            for (var i = 0; i < Roles.Count; i++)
                rank = (Rank)Math.Max((int)rank, (int)RankOf(Roles[i]));
            return rank;
        }
    }

    /// <summary>The project of a route whose requirement is a project role.</summary>
    /// <exception cref="Fault">Forbidden when the token is not scoped to a project.</exception>
    public ProjectId Project => ProjectId ?? throw Fault.Forbidden("This action needs a token scoped to a project.");

    private static Rank RankOf(string role) =>
        role switch
        {
            "admin" => Rank.Admin,
            "manager" => Rank.Manager,
            "member" => Rank.Member,
            "reader" => Rank.Reader,
            _ => Rank.None,
        };
}

/// <summary>One kind of request that an application credential is for.</summary>
/// <param name="Service">The service's type, as `compute`.</param>
/// <param name="Method">In capitals.</param>
/// <param name="Path">Below the service's own path, as `/v2.1/servers/*`: `*` and `{name}` stand for a segment, `**` for any.</param>
public sealed record AccessRule(string Service, string Method, string Path);

/// <summary>Roles in the order in which they imply each other.</summary>
public enum Rank
{
    None,
    Reader,
    Member,
    Manager,
    Admin,
}
