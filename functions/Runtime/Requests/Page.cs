using System.Text;

namespace Pipeline.Runtime;

/// <summary>The slice of a list that a client asks for.</summary>
/// <param name="Limit">How many at most; 0 is an empty page.</param>
/// <param name="Marker">The id of the last one of the page before; null for the first page.</param>
/// <param name="Reverse">Neutron's `page_reverse`: the page before the marker.</param>
public sealed record Page(int Limit, string? Marker, bool Reverse, IReadOnlyList<SortKey> Sort)
{
    /// <param name="most">The server's own limit, taken when the client names none or a higher one.</param>
    /// <param name="sortable">The keys that the list sorts by; another one is a 400.</param>
    /// <exception cref="Fault">BadRequest naming the parameter.</exception>
    public static Page Of(HttpRequest request, int most, params IReadOnlyCollection<string> sortable)
    {
        var query = Query.Of(request);
        var limit = query.Int("limit", 0) ?? most;
        var marker = query["marker"] is { Length: > 0 } text ? text : null;
        return new(Math.Min(limit, most), marker, query.Bool("page_reverse") ?? false, SortOf(query, sortable));
    }

    /// <summary>
    /// The query of the next page: this request's, with another marker. Filters stay as the client wrote them.
    /// </summary>
    public static string NextQuery(HttpRequest request, string marker)
    {
        var next = new StringBuilder();
        foreach (var (name, values) in request.Query)
            if (name != "marker")
                foreach (var value in values)
                    Append(next, name, value ?? "");
        return Append(next, "marker", marker).ToString();
    }

    private static StringBuilder Append(StringBuilder query, string name, string value) =>
        query
            .Append(query.Length == 0 ? '?' : '&')
            .Append(Uri.EscapeDataString(name))
            .Append('=')
            .Append(Uri.EscapeDataString(value));

    private static List<SortKey> SortOf(Query query, IReadOnlyCollection<string> sortable)
    {
        var keys = query["sort"] is { Length: > 0 } sort ? OfPairs(query, sort) : OfKeysAndDirections(query);
        foreach (var key in keys)
            if (!sortable.Contains(key.Name))
                throw query.Wrong("sort_key", $"'{key.Name}' is not one of {string.Join(", ", sortable)}");
        return keys;
    }

    // sort=name:asc,created_at
    private static List<SortKey> OfPairs(Query query, string sort) =>
        [
            .. sort.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(pair => pair.Split(':', 2))
                .Select(pair => new SortKey(pair[0], pair.Length > 1 ? IsDescending(query, pair[1]) : null)),
        ];

    // sort_key=name&sort_dir=asc&sort_key=created_at: a missing direction is the last one given.
    private static List<SortKey> OfKeysAndDirections(Query query)
    {
        var directions = query.All("sort_dir");
        return
        [
            .. query
                .All("sort_key")
                .Where(name => name.Length > 0)
                .Select((name, at) => new SortKey(name, Direction(query, directions, at))),
        ];
    }

    private static bool? Direction(Query query, IReadOnlyList<string> directions, int at) =>
        directions.Count == 0 ? null : IsDescending(query, directions[Math.Min(at, directions.Count - 1)]);

    private static bool IsDescending(Query query, string direction) =>
        direction.ToLowerInvariant() switch
        {
            "asc" => false,
            "desc" => true,
            _ => throw query.Wrong("sort_dir", $"'{direction}' is neither asc nor desc"),
        };
}

/// <param name="Descending">Null when the client names no direction: APIs differ in their own.</param>
public sealed record SortKey(string Name, bool? Descending);
