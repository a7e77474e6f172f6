namespace Pipeline.Compute;

/// <summary>The order of a list by keys that a client chose, and what of it comes after its marker; ids break ties.</summary>
internal sealed class ListOrder
{
    private readonly string table;
    private readonly List<(string Expression, bool Descending)> keys;

    private ListOrder(string table, List<(string Expression, bool Descending)> keys)
    {
        this.table = table;
        this.keys = keys;
    }

    public string By => string.Join(", ", keys.Select(k => $"{k.Expression} {(k.Descending ? "DESC" : "ASC")}"));

    /// <summary>A condition for the rows after the one whose id is `@after`: equal in some first keys, beyond it in the next.</summary>
    public string After =>
        string.Join(
            " OR ",
            keys.Select((_, at) => $"({string.Join(" AND ", keys.Take(at).Select(Same).Append(Beyond(keys[at])))})")
        );

    /// <param name="columns">SQL that is never null, by the key's name in the API.</param>
    /// <param name="descending">The direction where the client names none.</param>
    public static ListOrder Of(string table, Page page, IReadOnlyDictionary<string, string> columns, bool descending)
    {
        var direction = page.Sort.Count > 0 ? page.Sort[0].Descending ?? descending : descending;
        var chosen = page.Sort.Select(s => (columns[s.Name], s.Descending ?? direction));
        return new(table, [.. chosen, ("id", direction)]);
    }

    private string Same((string Expression, bool Descending) key) => $"{key.Expression} = {Marker(key.Expression)}";

    private string Beyond((string Expression, bool Descending) key) =>
        $"{key.Expression} {(key.Descending ? '<' : '>')} {Marker(key.Expression)}";

    private string Marker(string expression) => $"(SELECT {expression} FROM {table} WHERE id = @after)";
}
