using Pipeline.Network.Wire;

namespace Pipeline.Network.Tags;

/// <summary>The four filters by tags; each takes names separated by commas.</summary>
internal static class TagFilters
{
    public static IReadOnlyDictionary<string, Filter> All { get; } =
        new Dictionary<string, Filter>
        {
            ["tags"] = (c, values) => c.Add(HasAll(c, values)),
            ["tags-any"] = (c, values) => c.Add(HasAny(c, values)),
            ["not-tags"] = (c, values) => c.Add($"NOT ({HasAll(c, values)})"),
            ["not-tags-any"] = (c, values) => c.Add($"NOT ({HasAny(c, values)})"),
        };

    private static string HasAll(Conditions conditions, IReadOnlyList<string> values) =>
        string.Join(" AND ", Names(values).Select(tag => HasAny(conditions, [tag])));

    private static string HasAny(Conditions conditions, IReadOnlyList<string> values) =>
        $"x.id IN (SELECT t.resource_id FROM network_tags t WHERE t.tag IN {conditions.Bind(Names(values))})";

    private static string[] Names(IReadOnlyList<string> values) => [.. values.SelectMany(v => v.Split(',')).Distinct()];
}
