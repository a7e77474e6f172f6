using System.Text.Json;

namespace Pipeline.Network.Wire;

/// <summary>
/// A collection of the network API: its names and its attributes in the order in which they are shown. The one table is
/// what is shown, filtered, sorted and accepted, so that these cannot drift apart.
/// </summary>
internal sealed class Collection<T>(string one, string many, string path, params IReadOnlyList<Attribute<T>> attributes)
{
    private readonly Dictionary<string, Attribute<T>> byName = attributes.ToDictionary(a => a.Name);

    /// <summary>As `network`, in bodies and rules.</summary>
    public string One { get; } = one;

    /// <summary>As `networks`, in bodies.</summary>
    public string Many { get; } = many;

    /// <summary>As `network/v2.0/networks`.</summary>
    public string Path { get; } = path;

    /// <summary>Filters that are more than a comparison with one column.</summary>
    public IReadOnlyDictionary<string, Filter> Filters { get; init; } = new Dictionary<string, Filter>();

    public Attribute<T>? Find(string name) => byName.GetValueOrDefault(name);

    public Answer Show(HttpRequest request, Caller caller, T item) =>
        Answer.Bytes(200, Render(item, Query.Of(request).All("fields"), caller.IsAdmin), Document.Type);

    /// <summary>The same, not under its name.</summary>
    public Answer ShowBare(HttpRequest request, Caller caller, T item)
    {
        var fields = Query.Of(request).All("fields");
        return Answer.Bytes(
            200,
            Document.Render(json => WriteAttributes(json, item, fields, caller.IsAdmin)),
            Document.Type
        );
    }

    /// <param name="id">An item's id, the marker of the pages beside this one.</param>
    /// <param name="path">Where it is listed, for a collection within a resource; null for its own path.</param>
    public Answer List(
        HttpRequest request,
        Caller caller,
        PublicUrl publicUrl,
        ListQuery query,
        IReadOnlyList<T> items,
        Func<T, string> id,
        string? path = null
    )
    {
        var links = query.Links(request, $"{publicUrl.Of(request)}/{path ?? Path}", [.. items.Select(id)]);
        return Answer.Bytes(200, Render(items, query.Fields, caller.IsAdmin, links), Document.Type);
    }

    /// <summary>A list that is always whole.</summary>
    public Answer List(HttpRequest request, Caller caller, IReadOnlyList<T> items) =>
        Answer.Bytes(200, Render(items, Query.Of(request).All("fields"), caller.IsAdmin, []), Document.Type);

    public byte[] Render(T item, IReadOnlyList<string> fields, bool admin) =>
        Document.Render(json =>
        {
            json.WritePropertyName(One);
            Write(json, item, fields, admin);
        });

    public byte[] Render(IEnumerable<T> items, IReadOnlyList<string> fields, bool admin, IEnumerable<PageLink> links) =>
        Document.Render(json =>
        {
            json.WriteStartArray(Many);
            foreach (var item in items)
                Write(json, item, fields, admin);
            json.WriteEndArray();
            Write(json, links);
        });

    /// <summary>An item inside another answer, as a security group's rules.</summary>
    public void Write(Utf8JsonWriter json, T item, IReadOnlyList<string> fields, bool admin)
    {
        json.WriteStartObject();
        WriteAttributes(json, item, fields, admin);
        json.WriteEndObject();
    }

    private void WriteAttributes(Utf8JsonWriter json, T item, IReadOnlyList<string> fields, bool admin)
    {
        foreach (var attribute in attributes)
            if (attribute.Show is { } show && IsShown(attribute, fields, admin) && attribute.Has(item))
            {
                json.WritePropertyName(attribute.Name);
                show(json, item);
            }
    }

    private static bool IsShown(Attribute<T> attribute, IReadOnlyList<string> fields, bool admin) =>
        (admin || !attribute.Allows(Use.AdminSees)) && (fields.Count == 0 || fields.Contains(attribute.Name));

    private void Write(Utf8JsonWriter json, IEnumerable<PageLink> links)
    {
        var all = links.ToList();
        if (all.Count > 0)
            json.WriteObjects($"{Many}_links", all, (j, link) => link.Write(j));
    }
}

/// <param name="Rel">`next` or `previous`.</param>
internal sealed record PageLink(string Rel, string Href)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("rel", Rel);
        json.WriteString("href", Href);
    }
}
