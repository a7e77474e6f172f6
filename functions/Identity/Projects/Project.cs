namespace Pipeline.Identity.Projects;

/// <summary>A project: directly below its domain, or below another project of it.</summary>
internal sealed record Project
{
    public ProjectId Id { get; init; }
    public DomainId DomainId { get; init; }
    public ProjectId? ParentId { get; init; }
    public string Name { get; init; } = "";
    public string? Description { get; init; }
    public bool Enabled { get; init; }

    /// <summary>JSON, an array of strings.</summary>
    public string Tags { get; init; } = "[]";

    /// <summary>JSON, an object: attributes that are only kept.</summary>
    public string Extra { get; init; } = Extras.None;
}
