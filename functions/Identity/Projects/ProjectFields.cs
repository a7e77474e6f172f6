using System.Text.Json;

namespace Pipeline.Identity.Projects;

/// <summary>What a body says of a project; null where it says nothing.</summary>
/// <param name="Description">With whether it is there at all, as null is a value.</param>
internal sealed record ProjectFields(
    string? Name,
    (bool Given, string? Text) Description,
    bool? Enabled,
    string? Tags,
    Dictionary<string, JsonElement> Extra
)
{
    /// <exception cref="Fault">BadRequest naming the field.</exception>
    public static ProjectFields Read(Fields project)
    {
        project.NoOptions();
        return new(
            project.Optional("name")?.Name(64),
            (project.Has("description"), project.Nullable("description")?.String(max: 65_535)),
            project.Optional("enabled")?.Bool(),
            project.Optional("tags") is { } tags ? ReadTags(tags) : null,
            Extras.Read(project, "name", "description", "enabled", "tags", "domain_id", "parent_id", "is_domain")
        );
    }

    public Project Over(Project project) =>
        project with
        {
            Name = Name ?? project.Name,
            Description = Description.Given ? Description.Text : project.Description,
            Enabled = Enabled ?? project.Enabled,
            Tags = Tags ?? project.Tags,
            Extra = Extras.Merge(project.Extra, Extra),
        };

    public static string ReadTags(Field field)
    {
        var tags = field.Array(0, 80).Select(ReadTag).ToArray();
        if (tags.Distinct().Count() != tags.Length)
            throw field.Wrong("must not name a tag twice");
        return JsonSerializer.Serialize(tags, IdentityJson.Default.StringArray);
    }

    public static string ReadTag(Field field)
    {
        var tag = field.String(1, 255);
        return tag.AsSpan().ContainsAny(',', '/') ? throw field.Wrong("must contain neither comma nor slash") : tag;
    }
}
