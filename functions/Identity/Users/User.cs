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
}
