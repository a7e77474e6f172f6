using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Pipeline.Runtime;

/// <summary>A request's query: filters, repeated keys, paging and sorting, with 400s that name the parameter.</summary>
public readonly struct Query(IQueryCollection query)
{
    private static readonly string[] TimeForms =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd",
        "yyyyMMdd'T'HHmmssK",
        "yyyyMMdd",
    ];

    public static Query Of(HttpRequest request) => new(request.Query);

    /// <summary>The last value of a key; null when it is absent.</summary>
    public string? this[string name] => query.TryGetValue(name, out var values) ? values[^1] ?? "" : null;

    public bool Has(string name) => query.ContainsKey(name);

    public IEnumerable<string> Names => query.Keys;

    /// <summary>Every value of a repeated key, in order.</summary>
    public IReadOnlyList<string> All(string name) =>
        query.TryGetValue(name, out var values) ? [.. values.Select(value => value ?? "")] : [];

    /// <summary>A boolean in any of OpenStack's words; an empty value is true, as in `?all_tenants`.</summary>
    public bool? Bool(string name) =>
        this[name] switch
        {
            null => null,
            "" => true,
            var text => Words.Bool(text) ?? throw Wrong(name, $"'{text}' is not a boolean"),
        };

    public int? Int(string name, int min = int.MinValue, int max = int.MaxValue)
    {
        if (this[name] is not { } text)
            return null;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw Wrong(name, $"'{text}' is not an integer");
        return number < min || number > max ? throw Wrong(name, $"{number} is not from {min} to {max}") : number;
    }

    public DateTimeOffset? Time(string name) => this[name] is { } text ? Time(name, text) : null;

    /// <summary>A time that is a part of a parameter's value.</summary>
    public DateTimeOffset Time(string name, string text) =>
        DateTimeOffset.TryParseExact(
            Iso(text),
            TimeForms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time.ToUniversalTime()
            : throw Wrong(name, $"'{text}' is not a time in ISO 8601");

    // The first blank may stand for the T; a later one is a plus sign that a client did not escape.
    private static string Iso(string text) =>
        text.Length > 10 && text[10] == ' ' ? $"{text[..10]}T{text[11..].Replace(' ', '+')}" : text.Replace(' ', '+');

    public Fault Wrong(string name, string what) =>
        Fault.BadRequest($"Invalid input for query parameter {name}: {what}.");

    /// <summary>Refuses a name that the list does not know, where an API does so.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        foreach (var key in query.Keys)
            if (!names.Contains(key))
                throw Wrong(key, "it is not known here");
    }

    internal StringValues Raw(string name) => query[name];
}
