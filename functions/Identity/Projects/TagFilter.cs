using System.Text.Json;

namespace Pipeline.Identity.Projects;

/// <summary>`tags`, `tags-any`, `not-tags`, `not-tags-any`: lists with commas between.</summary>
internal sealed class TagFilter(Query query)
{
    private readonly string[]? all = Split(query["tags"]);
    private readonly string[]? any = Split(query["tags-any"]);
    private readonly string[]? notAll = Split(query["not-tags"]);
    private readonly string[]? notAny = Split(query["not-tags-any"]);

    public bool IsEmpty => all is null && any is null && notAll is null && notAny is null;

    public bool Fits(Project project)
    {
        var tags = JsonSerializer.Deserialize(project.Tags, IdentityJson.Default.StringArray)!;
        return (all is null || all.All(tags.Contains))
            && (any is null || any.Any(tags.Contains))
            && (notAll is null || !notAll.All(tags.Contains))
            && (notAny is null || !notAny.Any(tags.Contains));
    }

    private static string[]? Split(string? text) => text?.Split(',');
}
