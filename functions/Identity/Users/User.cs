namespace Pipeline.Identity.Users;

internal sealed record User
{
    public UserId Id { get; init; }
    public DomainId DomainId { get; init; }
    public string Name { get; init; } = "";
    public ProjectId? DefaultProjectId { get; init; }
    public bool Enabled { get; init; }

    /// <summary>JSON, an object: description, e-mail and other attributes that are only kept.</summary>
    public string Extra { get; init; } = Extras.None;

    /// <summary>JSON, an object: see <see cref="UserOptions"/>.</summary>
    public string Options { get; init; } = Extras.None;

    /// <summary>Null: it holds until it is changed, or there is none. Only read.</summary>
    public DateTimeOffset? PasswordExpiresAt { get; init; }
}
