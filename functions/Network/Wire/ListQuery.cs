using System.Globalization;

namespace Pipeline.Network.Wire;

/// <summary>What a client asks of a list: filters, order, the page, and which attributes to show.</summary>
/// <param name="Limit">0 is all.</param>
internal sealed record ListQuery(
    Conditions Conditions,
    IReadOnlyList<(string Column, bool Descending)> Order,
    int Limit,
    string? Marker,
    bool Reverse,
    IReadOnlyList<string> Fields
)
{
    /// <summary>What has changed at or after a time; of every kind that shows its times.</summary>
    private const string ChangedSince = "changed_since";

    private static readonly string[] Paging = ["limit", "marker", "page_reverse", "sort_key", "sort_dir", "fields"];

    /// <exception cref="Fault">BadRequest naming the parameter: unknown filters and sort keys are refused.</exception>
    public static ListQuery Of<T>(HttpRequest request, Collection<T> collection)
    {
        var query = Query.Of(request);
        var unknown = query.Names.Where(n => !Paging.Contains(n) && !Filters(collection, n)).ToList();
        if (unknown.Count > 0)
            throw Fault.BadRequest($"{Listed(unknown)} is invalid attribute for filtering");
        var conditions = new Conditions();
        foreach (var name in query.Names.Except(Paging))
            if (collection.Filters.TryGetValue(name, out var filter))
                filter(conditions, query.All(name));
            else if (name == ChangedSince)
                conditions.Add($"x.updated_at >= {conditions.Bind(SinceOf(query))}");
            else if (collection.Find(name) is { } attribute)
                conditions.In(attribute.Column, attribute.Kind, query.All(name));
        return new(
            conditions,
            OrderOf(query, collection),
            LimitOf(query),
            query["marker"] is { Length: > 0 } marker ? marker : null,
            query.Bool("page_reverse") ?? false,
            query.All("fields")
        );
    }

    /// <summary>
    /// A page's statement: filters, the rows behind the marker by keyset, the order (reversed for a page back).
    /// </summary>
    public string Statement(ListSource source, ProjectId? viewer)
    {
        var keys = Order
            .Append(("x.id", false))
            .Select(k => (Column: k.Item1, Descending: k.Item2 != Reverse))
            .ToList();
        var behind = Marker is null ? "1 = 1" : Behind(source.Table, keys);
        var order = string.Join(", ", keys.Select(k => k.Descending ? $"{k.Column} DESC" : k.Column));
        var limit = Limit == 0 ? "" : $"LIMIT {Limit}";
        string Rows(string columns, string visible) =>
            $"""
                SELECT {columns} FROM {source.Table} x WHERE {visible} AND {Conditions.Sql} AND {behind}
                ORDER BY {order} {limit}
                """;
        if (viewer is null || Limit == 0 || source.Parts.Count == 0)
            return Rows(source.Columns, source.For(viewer));
        var parts = source.Parts.Select(
            (part, i) => $"SELECT * FROM ({Rows("x.*", $"{source.Shown} AND {part}")}) part_{i}"
        );
        return $"""
            SELECT {source.Columns} FROM ({string.Join("\nUNION ALL ", parts)}) x
            ORDER BY {order} {limit}
            """;
    }

    /// <summary>The statement's parameters.</summary>
    /// <param name="viewer">Bound as `@viewer`.</param>
    public Dictionary<string, object?> Args(ProjectId? viewer)
    {
        var args = new Dictionary<string, object?>(Conditions.Args);
        args["viewer"] = viewer?.Value;
        args["marker"] = Marker;
        return args;
    }

    /// <summary>Rows in the order in which they are shown: a page back was read backwards.</summary>
    public IReadOnlyList<TRow> Shown<TRow>(IReadOnlyList<TRow> rows) => Reverse ? [.. rows.Reverse()] : rows;

    public IEnumerable<PageLink> Links(HttpRequest request, string url, IReadOnlyList<string> ids)
    {
        if (Limit == 0 || ids.Count == 0)
            yield break;
        var rest = request.Query.Where(q => q.Key is not ("marker" or "page_reverse"));
        var kept = string.Concat(
            rest.SelectMany(q => q.Value.Select(v => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}&"))
        );
        if (Reverse || ids.Count == Limit)
            yield return new("next", $"{url}?{kept}marker={ids[^1]}");
        if (!Reverse || ids.Count == Limit)
            yield return new("previous", $"{url}?{kept}marker={ids[0]}&page_reverse=True");
    }

    /// <summary>(a, b) behind (a', b') is a &gt; a', or a = a' and b &gt; b'; the marker's keys are read by the statement itself.</summary>
    private static string Behind(string table, List<(string Column, bool Descending)> keys)
    {
        var alternatives = new List<string>();
        for (var i = 0; i < keys.Count; i++)
        {
            var same = keys.Take(i).Select(k => $"{k.Column} = {OfMarker(table, k.Column)}");
            var past = $"{keys[i].Column} {(keys[i].Descending ? '<' : '>')} {OfMarker(table, keys[i].Column)}";
            alternatives.Add($"({string.Join(" AND ", same.Append(past))})");
        }
        return $"({string.Join(" OR ", alternatives)})";
    }

    private static string OfMarker(string table, string column) =>
        column == "x.id" ? "@marker" : $"(SELECT {column} FROM {table} x WHERE x.id = @marker)";

    private static bool Filters<T>(Collection<T> collection, string name) =>
        collection.Filters.ContainsKey(name)
        || collection.Find(name)?.Allows(Use.Filter) == true
        || name == ChangedSince && collection.Find("updated_at") is not null;

    private static DateTimeOffset SinceOf(Query query)
    {
        try
        {
            return query.Time(ChangedSince)!.Value;
        }
        catch (Fault)
        {
            throw NeutronFault.InvalidInput(
                $"The input {ChangedSince} must be in the following format: YYYY-MM-DDTHH:MM:SSZ"
            );
        }
    }

    private static List<(string, bool)> OrderOf<T>(Query query, Collection<T> collection)
    {
        var keys = query.All("sort_key");
        var directions = query.All("sort_dir");
        if (keys.Count != directions.Count)
            throw Fault.BadRequest("The number of sort_keys and sort_dirs must be same");
        var unknown = keys.Where(k => collection.Find(k)?.Allows(Use.Sort) != true).ToList();
        if (unknown.Count > 0)
            throw Fault.BadRequest($"{Listed(unknown)} is invalid attribute for sort_keys");
        var wrong = directions.Where(d => d is not ("asc" or "desc")).ToList();
        if (wrong.Count > 0)
            throw Fault.BadRequest($"{Listed(wrong)} is invalid value for sort_dirs, valid value is 'asc' and 'desc'");
        return [.. keys.Zip(directions, (key, direction) => (SortColumn(collection.Find(key)!), direction == "desc"))];
    }

    /// <summary>Null sorts as empty, so that a keyset comparison never meets it.</summary>
    private static string SortColumn<T>(Attribute<T> attribute) =>
        $"COALESCE({attribute.Column}, {(attribute.Kind == AttributeKind.Text ? "''" : "0")})";

    private static int LimitOf(Query query)
    {
        if (query["limit"] is not { } text)
            return 0;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : throw NeutronFault.Bad(
                "BadRequest",
                $"Bad limit request: Limit must be an integer 0 or greater and not '{text}'."
            );
    }

    private static string Listed(IEnumerable<string> names) => $"[{string.Join(", ", names.Select(n => $"'{n}'"))}]";
}
