using System.Text.Json;
using Pipeline.Identity.Projects;

namespace Pipeline.Identity.Domains;

/// <summary>What a body says of a domain; null where it says nothing.</summary>
internal sealed record DomainFields(
    string? Name,
    string? Description,
    bool? Enabled,
    string? Tags,
    Dictionary<string, JsonElement> Extra
)
{
    /// <exception cref="Fault">BadRequest naming the field.</exception>
    public static DomainFields Read(Fields domain)
    {
        domain.NoOptions();
        return new(
            domain.Optional("name")?.Name(64),
            domain.Nullable("description")?.String(max: 65_535),
            domain.Optional("enabled")?.Bool(),
            domain.Optional("tags") is { } tags ? ProjectFields.ReadTags(tags) : null,
            Extras.Read(domain, "name", "description", "enabled", "tags", "explicit_domain_id")
        );
    }

    public Domain Over(Domain domain) =>
        domain with
        {
            Name = Name ?? domain.Name,
            Description = Description ?? domain.Description,
            Enabled = Enabled ?? domain.Enabled,
            Tags = Tags ?? domain.Tags,
            Extra = Extras.Merge(domain.Extra, Extra),
        };
}
