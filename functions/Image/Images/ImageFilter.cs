using System.Globalization;

namespace Pipeline.Image.Images;

/// <summary>
/// The filters of an image list. Those on columns go into the query; tags and custom properties (any name that is none of
/// Glance's own) are compared here.
/// </summary>
internal sealed class ImageFilter
{
    private static readonly string[] Equal = ["id", "name", "status", "disk_format", "container_format", "checksum"];
    private static readonly string[] Numbers = ["size", "virtual_size", "min_ram", "min_disk"];
    private static readonly string[] Times = ["created_at", "updated_at"];
    private static readonly string[] NotFilters =
    [
        "limit",
        "marker",
        "sort",
        "sort_key",
        "sort_dir",
        "member_status",
        "tag",
        "visibility",
        "owner",
        "size_min",
        "size_max",
        "protected",
        "os_hidden",
        "os_hash_value",
    ];

    private readonly List<string> conditions = [];
    private readonly Dictionary<string, object> args = [];
    private readonly IReadOnlyList<string> tags;
    private readonly List<(string Name, string Value)> properties = [];

    private ImageFilter(Query query)
    {
        tags = query.All("tag");
        Visibility = query["visibility"] is { Length: > 0 } text ? VisibilityOf(query, text) : null;
        foreach (var name in Equal)
            if (query[name] is { } value)
                AddWords(name, value);
        foreach (var name in Numbers)
            AddBound(query, name, $"{name} = ");
        if (query["os_hash_value"] is { } hash)
            Add("sha512 = ", hash);
        foreach (var name in Times)
        foreach (var value in query.All(name))
            AddTime(query, name, value);
        AddBound(query, "size_min", "size >= ");
        AddBound(query, "size_max", "size <= ");
        if (query["owner"] is { } owner)
            Add("project_id = ", owner);
        if (query.Bool("protected") is { } isProtected)
            Add("protected = ", isProtected);
        Add("os_hidden = ", query.Bool("os_hidden") ?? false);
        foreach (var name in query.Names.Except(NotFilters).Except(Equal).Except(Numbers).Except(Times))
            properties.Add((name, query[name] ?? ""));
    }

    /// <summary>One of Glance's visibilities, or `all`; null when the client names none.</summary>
    public string? Visibility { get; }

    public static ImageFilter Of(HttpRequest request) => new(Query.Of(request));

    /// <summary>The query of the list's first page: this request's without its marker.</summary>
    public static string FirstQuery(HttpRequest request) =>
        QueryString
            .Create(request.Query.Where(pair => pair.Key != "marker").SelectMany(pair => pair.Value, Pair))
            .ToString();

    public string Conditions(Dictionary<string, object> into)
    {
        foreach (var (name, value) in args)
            into[name] = value;
        return string.Join(" AND ", conditions);
    }

    public bool Passes(Image image)
    {
        if (tags.Count > 0 && tags.Except(image.TagList).Any())
            return false;
        if (properties.Count == 0)
            return true;
        var extra = image.Extra;
        return properties.TrueForAll(p => extra.TryGetValue(p.Name, out var value) && value == p.Value);
    }

    private static KeyValuePair<string, string?> Pair(
        KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues> pair,
        string? value
    ) => new(pair.Key, value);

    private static string VisibilityOf(Query query, string text) =>
        text == "all" || Pipeline.Image.Visibility.All.Contains(text)
            ? text
            : throw query.Wrong("visibility", $"Invalid visibility value: {text}");

    /// <summary>A word, or several as `in:active,queued`; words with commas stand in quotes.</summary>
    private void AddWords(string column, string value)
    {
        if (value.StartsWith("in:"))
            Add($"{column} IN ", Split(value[3..]));
        else
            Add($"{column} = ", value);
    }

    private static string[] Split(string list)
    {
        var words = new List<string>();
        while (list.Length > 0)
        {
            var quoted = list[0] == '"' && list.IndexOf('"', 1) > 0;
            var end = quoted ? list.IndexOf('"', 1) + 1 : list.IndexOf(',');
            end = end < 0 ? list.Length : end;
            words.Add(list[..end].Trim('"'));
            list = list[end..].TrimStart(',');
        }
        return [.. words];
    }

    /// <summary>A time, or a comparison with one as `gte:2030-01-01T00:00:00Z`.</summary>
    private void AddTime(Query query, string column, string value)
    {
        var at = value.IndexOf(':');
        var sign = (at < 0 ? "" : value[..at]) switch
        {
            "gt" => ">",
            "gte" => ">=",
            "lt" => "<",
            "lte" => "<=",
            "neq" => "<>",
            "eq" => "=",
            _ => null,
        };
        var text = sign is null ? value : value[(at + 1)..];
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, styles, out var time))
            throw query.Wrong(column, $"'{text}' is not a time in ISO 8601");
        Add($"{column} {sign ?? "="} ", time);
    }

    private void AddBound(Query query, string name, string condition)
    {
        if (query[name] is not { } text)
            return;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            throw query.Wrong(name, $"'{text}' is not a whole number");
        Add(condition, bytes);
    }

    private void Add(string condition, object value)
    {
        var name = $"filter{args.Count}";
        conditions.Add($"{condition}@{name}");
        args[name] = value;
    }
}
