using System.Globalization;
using System.Text.Json;

namespace Pipeline.Runtime;

/// <summary>
/// One value of a request body, with its path for the 400 that names it. An absent field is a null <see cref="Field"/>,
/// so `order.Optional("name")?.String(1, 255)` reads what may be missing.
/// </summary>
public readonly struct Field(JsonElement value, string path)
{
    public JsonElement Json { get; } = value;

    /// <summary>As `server.networks[0].uuid`; empty for the body's root.</summary>
    public string Path { get; } = path;

    public bool IsNull => Json.ValueKind == JsonValueKind.Null;

    public Fields Object() =>
        Json.ValueKind == JsonValueKind.Object ? new(Json, Path) : throw Wrong("must be an object");

    /// <summary>A string whose length, in characters as users count them, is in the bounds.</summary>
    public string String(int min = 0, int max = 255)
    {
        if (Json.ValueKind != JsonValueKind.String)
            throw Wrong("must be a string");
        var text = Text();
        var length = text.Length - text.Count(char.IsLowSurrogate);
        if (length < min)
            throw Wrong(min == 1 ? "must not be empty" : $"must have at least {min} characters");
        return length <= max ? text : throw Wrong($"must have at most {max} characters");
    }

    /// <param name="text">True takes the number also as a string, as Nova's older fields do.</param>
    public long Long(long min = long.MinValue, long max = long.MaxValue, bool text = false)
    {
        var ok =
            Json.ValueKind == JsonValueKind.Number ? Json.TryGetInt64(out var number)
            : text && Json.ValueKind == JsonValueKind.String
                ? long.TryParse(Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            : throw Wrong("must be an integer");
        if (!ok)
            throw Wrong("must be an integer");
        return number < min ? throw Wrong($"must be at least {min}")
            : number > max ? throw Wrong($"must be at most {max}")
            : number;
    }

    /// <inheritdoc cref="Long"/>
    public int Int(int min = int.MinValue, int max = int.MaxValue, bool text = false) => (int)Long(min, max, text);

    /// <summary>A finite number.</summary>
    public double Number(double min = double.MinValue, double max = double.MaxValue) =>
        Json.ValueKind == JsonValueKind.Number && Json.TryGetDouble(out var number) && double.IsFinite(number)
            ? number >= min && number <= max
                ? number
                : throw Wrong($"must be from {min} to {max}")
            : throw Wrong("must be a number");

    /// <param name="text">True takes the words too that OpenStack's clients send: true, yes, on, 1 and their opposites.</param>
    public bool Bool(bool text = false) =>
        Json.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ when text => Words.Bool(Json.ValueKind == JsonValueKind.Number ? Json.GetRawText() : Text())
                ?? throw Wrong("must be a boolean"),
            _ => throw Wrong("must be a boolean"),
        };

    /// <summary>A typed id in its own spelling.</summary>
    public TId Id<TId>()
        where TId : struct, IId<TId> =>
        TId.TryParse(String(), out var id) ? id : throw Wrong($"'{String()}' is not an id");

    /// <summary>A UUID, with or without dashes.</summary>
    public Guid Uuid() => Guid.TryParse(String(), out var id) ? id : throw Wrong($"'{String()}' is not a UUID");

    public DateTimeOffset Time() =>
        DateTimeOffset.TryParse(String(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : throw Wrong("must be a time in ISO 8601");

    /// <summary>One of the words, compared to the letter.</summary>
    public string Choice(params ReadOnlySpan<string> words)
    {
        var text = String();
        foreach (var word in words)
            if (word == text)
                return word;
        throw Wrong($"must be one of {string.Join(", ", words!)}");
    }

    public IReadOnlyList<Field> Array(int min = 0, int max = 1000)
    {
        if (Json.ValueKind != JsonValueKind.Array)
            throw Wrong("must be an array");
        var count = Json.GetArrayLength();
        if (count < min || count > max)
            throw Wrong(count < min ? $"must have at least {min} items" : $"must have at most {max} items");
        var items = new List<Field>(count);
        foreach (var item in Json.EnumerateArray())
            items.Add(new(item, $"{Path}[{items.Count}]"));
        return items;
    }

    /// <summary>The 400 for this field, for rules of a service's own.</summary>
    public Fault Wrong(string what) =>
        Fault.BadRequest(
            Path.Length == 0 ? $"Invalid request body: it {what}." : $"Invalid input for field {Path}: it {what}."
        );

    private string Text()
    {
        if (Json.ValueKind != JsonValueKind.String)
            return "";
        try
        {
            // U+0000 is no text for a database.
            return Json.GetString() is { } text && !text.Contains('\0') ? text : throw Wrong("must not contain U+0000");
        }
        catch (InvalidOperationException) // half of a surrogate pair, escaped
        {
            throw Wrong("is not valid Unicode");
        }
    }
}
