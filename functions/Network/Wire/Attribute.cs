using System.Text.Json;

namespace Pipeline.Network.Wire;

internal enum AttributeKind
{
    Text,
    Flag,
    Number,
}

/// <summary>One attribute of a collection: how it is shown, and what clients may do with it.</summary>
/// <param name="Show">Writes the value; null for one that is taken and never shown.</param>
internal sealed record Attribute<T>(string Name, Use Use, Action<Utf8JsonWriter, T>? Show)
{
    /// <summary>The SQL by which it is filtered and sorted; the row's alias is `x`.</summary>
    public string Column { get; init; } = $"x.{Name}";

    public AttributeKind Kind { get; init; }

    /// <summary>Whether an item has it at all: of one that has not, it is left out.</summary>
    public Func<T, bool> Has { get; init; } = _ => true;

    public bool Allows(Use use) => (Use & use) != Use.None;
}

/// <summary>Attributes by the type of their value.</summary>
internal static class Shown<T>
{
    public static Attribute<T> Text(string name, Use use, Func<T, string?> value) =>
        new(name, use, (json, item) => json.WriteStringValue(value(item)));

    public static Attribute<T> Flag(string name, Use use, Func<T, bool> value) =>
        new(name, use, (json, item) => json.WriteBooleanValue(value(item))) { Kind = AttributeKind.Flag };

    public static Attribute<T> Number(string name, Use use, Func<T, long?> value) =>
        new(name, use, (json, item) => WriteNumber(json, value(item))) { Kind = AttributeKind.Number };

    public static Attribute<T> Texts(string name, Use use, Func<T, IEnumerable<string>> values) =>
        new(name, use, (json, item) => json.WriteTexts(values(item)));

    /// <summary>UTC to the second, with `Z`.</summary>
    public static Attribute<T> Time(string name, Func<T, DateTimeOffset> value) =>
        new(
            name,
            Use.Sort,
            (json, item) => json.WriteStringValue(value(item).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"))
        )
        {
            Kind = AttributeKind.Number,
        };

    /// <summary>A list of objects, each written by <paramref name="write"/> between its braces.</summary>
    public static Attribute<T> Objects<TValue>(
        string name,
        Use use,
        Func<T, IEnumerable<TValue>> values,
        Action<Utf8JsonWriter, TValue> write
    ) => new(name, use, (json, item) => json.WriteObjects(values(item), write));

    /// <summary>Taken from clients, never shown.</summary>
    public static Attribute<T> Hidden(string name, Use use) => new(name, use, null);

    private static void WriteNumber(Utf8JsonWriter json, long? value)
    {
        if (value is { } number)
            json.WriteNumberValue(number);
        else
            json.WriteNullValue();
    }
}
