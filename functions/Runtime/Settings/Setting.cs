using System.Globalization;
using System.Text.Json;

namespace Pipeline.Runtime.Settings;

/// <summary>One value of a settings file; its readers refuse a wrong one by file, line and name.</summary>
internal sealed record Setting(string File, string Path, int Line, JsonTokenType Kind, string Text)
{
    public int Int(int min, int max) =>
        Kind == JsonTokenType.Number
        && int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= min
        && number <= max
            ? number
            : throw Wrong($"must be a whole number from {min} to {max}");

    public bool Bool() =>
        Kind switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw Wrong("must be true or false"),
        };

    public string String() => Kind == JsonTokenType.String ? Text : throw Wrong("must be a string");

    /// <summary>A time span as .NET writes it: `[d.]hh:mm:ss[.fff]`.</summary>
    public TimeSpan Span(TimeSpan min, TimeSpan max) =>
        Kind == JsonTokenType.String
        && TimeSpan.TryParseExact(Text, "c", CultureInfo.InvariantCulture, out var span)
        && span >= min
        && span <= max
            ? span
            : throw Wrong($"must be a time span from \"{min}\" to \"{max}\"");

    public TEnum Word<TEnum>()
        where TEnum : struct, Enum =>
        Kind == JsonTokenType.String
        && Enum.TryParse<TEnum>(Text, ignoreCase: true, out var word)
        && Enum.IsDefined(word)
            ? word
            : throw Wrong($"must be one of {string.Join(", ", Enum.GetNames<TEnum>())}");

    public Fault Wrong(string what) => Fault.BadRequest($"{File} line {Line}: {Path} {what}.");
}
