namespace Pipeline.BlockStorage.Volumes;

/// <summary>A comparison with a time, as `created_at=gt:2026-01-01T00:00:00,lt:…` has several.</summary>
internal sealed record TimeFilter(string Name, string Operator, DateTimeOffset Time)
{
    private static readonly string[] Operators = ["eq", "neq", "gt", "gte", "lt", "lte"];

    /// <exception cref="Fault">BadRequest where it is no comparison.</exception>
    public static IEnumerable<TimeFilter> Of(Query query, string name)
    {
        if (query[name] is not { Length: > 0 } text)
            return [];
        var filters = new List<TimeFilter>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf(':');
            var (comparison, time) =
                at > 0 && Operators.Contains(part[..at]) ? (part[..at], part[(at + 1)..]) : ("eq", part);
            filters.Add(new(name, comparison, query.Time(name, time)));
        }
        return filters;
    }

    /// <summary>What never happened passes nothing.</summary>
    public bool Passes(DateTimeOffset? time) =>
        time is { } known
        && Operator switch
        {
            "eq" => known == Time,
            "neq" => known != Time,
            "gt" => known > Time,
            "gte" => known >= Time,
            "lt" => known < Time,
            _ => known <= Time,
        };
}
