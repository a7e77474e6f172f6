namespace Pipeline.Runtime;

/// <summary>The order of a list by keys that a client chose, and what of it comes after its marker.</summary>
public sealed class ListOrder
{
    private readonly string table;
    private readonly List<(string Expression, bool Descending)> keys;

    private ListOrder(string table, List<(string Expression, bool Descending)> keys)
    {
        this.table = table;
        this.keys = keys;
    }

    /// <summary>What follows ORDER BY.</summary>
    public string By => string.Join(", ", keys.Select(k => $"{k.Expression} {(k.Descending ? "DESC" : "ASC")}"));

    /// <summary>A condition for the rows after the one whose id is `@after`.</summary>
    public string After =>
        keys.TrueForAll(k => k.Descending == keys[0].Descending)
            ? AfterAsOne
            : string.Join(
                " OR ",
                keys.Select((_, at) => $"({string.Join(" AND ", keys.Take(at).Select(Same).Append(Beyond(keys[at])))})")
            );

    /// <summary>One direction is one comparison of rows, which an index answers.</summary>
    private string AfterAsOne
    {
        get
        {
            var all = string.Join(", ", keys.Select(k => k.Expression));
            return $"({all}) {(keys[0].Descending ? '<' : '>')} (SELECT {all} FROM {table} WHERE id = @after)";
        }
    }

    /// <param name="asked">The client's keys, each one of <paramref name="columns"/>.</param>
    /// <param name="columns">SQL that is never null, by the key's name in the API.</param>
    /// <param name="descending">The direction where the client names none.</param>
    /// <param name="last">Columns that order what is equal in all of the client's keys; together they are unique.</param>
    public static ListOrder Of(
        string table,
        IReadOnlyList<SortKey> asked,
        IReadOnlyDictionary<string, string> columns,
        bool descending,
        params IReadOnlyList<string> last
    )
    {
        var direction = asked.Count > 0 ? asked[0].Descending ?? descending : descending;
        var chosen = asked.Select(s => (Column: columns[s.Name], s.Descending ?? direction));
        var all = chosen.Concat(last.Select(column => (Column: column, direction)));
        return new(table, [.. all.DistinctBy(k => k.Column)]);
    }

    private string Same((string Expression, bool Descending) key) => $"{key.Expression} = {Marker(key.Expression)}";

    private string Beyond((string Expression, bool Descending) key) =>
        $"{key.Expression} {(key.Descending ? '<' : '>')} {Marker(key.Expression)}";

    private string Marker(string expression) => $"(SELECT {expression} FROM {table} WHERE id = @after)";
}
