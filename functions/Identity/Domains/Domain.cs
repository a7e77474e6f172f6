namespace Pipeline.Identity.Domains;

internal sealed record Domain
{
    /// <summary>The domain of what is made without naming one.</summary>
    public static DomainId Default { get; } = new("default");

    public DomainId Id { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public bool Enabled { get; init; }

    /// <summary>JSON, an array of strings.</summary>
    public string Tags { get; init; } = "[]";

    /// <summary>JSON, an object: attributes that are only kept.</summary>
    public string Extra { get; init; } = Extras.None;
}
