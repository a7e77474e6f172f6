using System.Text.Json.Serialization;

namespace Pipeline.Contracts;

// Dashed UUIDs of ports by which guests have others.

[JsonConverter(typeof(IdJsonConverter<TrunkId>))]
public readonly record struct TrunkId(Guid Value) : IId<TrunkId>
{
    public static bool TryParse(string? text, out TrunkId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}
