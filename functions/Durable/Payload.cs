using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts;

namespace Pipeline.Durable;

/// <summary>
/// JSON as it stands in a row: as it is where it is small, else a reference, itself JSON, to where it stands once for its
/// instance.
/// </summary>
/// <param name="Text">What the row holds.</param>
/// <param name="Hash">Names the data; null where the row holds it.</param>
/// <param name="Data">Null where the row holds it.</param>
internal readonly record struct Payload(string Text, string? Hash = null, string? Data = null)
{
    /// <summary>Bytes of UTF-8 that a row holds at most.</summary>
    public const int Inline = 32 * 1024;

    /// <summary>Bytes of UTF-8 that a payload has at most. No setting: a replay must come to the same verdict.</summary>
    public const int Most = 4 * 1024 * 1024;

    private const string Mark = "{\"$payload\":\"";
    private const int HashLength = 64;

    /// <param name="host">Whom a step's input is for: who reads the row alone is told.</param>
    /// <param name="apart">Told apart from the same data under another name: it has another life.</param>
    /// <exception cref="Fault">TooLarge.</exception>
    public static Payload Of(string json, string what, HostId? host = null, string apart = "")
    {
        var bytes = AssertFits(json, what);
        if (bytes <= Inline && !IsReference(json))
            return new(json);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(apart + json)));
        var about = host is null ? "" : $",\"Host\":\"{host}\"";
        return new($"{Mark}{hash}\",\"bytes\":{bytes}{about}}}", hash, json);
    }

    /// <summary>Too large for a row, or nothing of ours that looks like a reference, and must never be taken for one.</summary>
    public static bool IsLarge(string json) =>
        IsReference(json) || (json.Length > Inline / 3 && Encoding.UTF8.GetByteCount(json) > Inline);

    /// <returns>Its bytes, or fewer where it is small for certain.</returns>
    /// <exception cref="Fault">TooLarge.</exception>
    public static int AssertFits(string json, string what)
    {
        if (json.Length <= Inline / 3)
            return json.Length;
        var bytes = Encoding.UTF8.GetByteCount(json);
        return bytes <= Most
            ? bytes
            : throw new Fault(
                FaultCode.TooLarge,
                $"{what} is {bytes} bytes of JSON; what an orchestration is given or gives is {Most} at most."
            );
    }

    /// <summary>What a row's text refers to; null where it is the data itself.</summary>
    public static string? HashOf(string? text) =>
        text is not null && IsReference(text) ? text.Substring(Mark.Length, HashLength) : null;

    /// <summary>Bytes of what a row's text refers to.</summary>
    public static int BytesOf(string reference)
    {
        var from = Mark.Length + HashLength + "\",\"bytes\":".Length;
        return int.Parse(
            reference.AsSpan(from, reference.AsSpan(from).IndexOfAny(',', '}')),
            CultureInfo.InvariantCulture
        );
    }

    private static bool IsReference(string text) => text.StartsWith(Mark, StringComparison.Ordinal);
}
