namespace Pipeline.Identity.Tokens;

/// <summary>How a token's bearer proved who they are; the bits stand in tokens.</summary>
[Flags]
internal enum AuthMethods : byte
{
    None = 0,
    Password = 1,
    Token = 2,
    ApplicationCredential = 4,

    /// <summary>A request signed with an EC2 key pair.</summary>
    Ec2 = 8,
    Totp = 16,

    /// <summary>What another issuer has signed.</summary>
    OpenId = 32,
}

internal enum DelegationKind : byte
{
    ApplicationCredential = 1,
    Trust = 2,

    /// <summary>An EC2 key pair, which lends nothing: its tokens end with it, and are its user's own in all else.</summary>
    KeyPair = 3,
}

/// <param name="Id">32 hex digits.</param>
internal readonly record struct Delegated(DelegationKind Kind, string Id)
{
    /// <param name="credential">The id of the credential, 64 hex digits, of which the first half tells it from all others.</param>
    public static Delegated? OfKeyPair(string? credential) =>
        credential is null ? null : new(DelegationKind.KeyPair, credential[..32]);
}

/// <summary>What a sealed token says. Names and the meaning of role numbers are looked up in memory.</summary>
/// <param name="Version">The last change of identity that its issuer had seen: later ones may revoke it.</param>
internal sealed record Token(
    UserId User,
    TokenScope Scope,
    AuthMethods Methods,
    AuditId Id,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    long Version
)
{
    public ProjectId? Project => Scope.Project;

    /// <summary>Ancestors between the first token and this one that a token names; see <see cref="Descend"/>.</summary>
    public const int MostBetween = 4;

    /// <summary>The token that the chain began with; null for one got by a password.</summary>
    public AuditId? Root { get; init; }

    /// <summary>The marks of the tokens between the root and this one.</summary>
    public IReadOnlyList<ulong> Between { get; init; } = [];

    /// <summary>The application credential or trust by which it was got, and with which it ends.</summary>
    public Delegated? Delegation { get; init; }

    /// <summary>Role numbers; null when they are too many for a token, and are those that hold when it is used.</summary>
    public IReadOnlyList<int>? Roles { get; init; } = [];

    /// <summary>What Keystone shows of the lineage: the token itself, then the root of its chain.</summary>
    public IReadOnlyList<string> AuditIds => Root is { } root ? [Id.ToString(), root.ToString()] : [Id.ToString()];

    /// <summary>
    /// This token as the child of another: it knows its ancestors, so that it dies with each of them, and ends when its
    /// parent does. Past the depth that a token has room for, a child shares its parent's name, and so its fate.
    /// </summary>
    public Token Descend(Token parent)
    {
        var deep = parent.Between.Count == MostBetween;
        return this with
        {
            Id = deep ? parent.Id : Id,
            Root = parent.Root ?? parent.Id,
            Between = deep || parent.Root is null ? parent.Between : [.. parent.Between, parent.Id.Mark],
            Methods = Methods | parent.Methods,
            ExpiresAt = parent.ExpiresAt < ExpiresAt ? parent.ExpiresAt : ExpiresAt,
        };
    }
}
