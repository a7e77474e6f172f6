using System.Text.Json.Serialization;

namespace Pipeline.Contracts;

// Dashed UUIDs of policies by which traffic is limited.

[JsonConverter(typeof(IdJsonConverter<QosPolicyId>))]
public readonly record struct QosPolicyId(Guid Value) : IId<QosPolicyId>
{
    public static bool TryParse(string? text, out QosPolicyId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<QosRuleId>))]
public readonly record struct QosRuleId(Guid Value) : IId<QosRuleId>
{
    public static bool TryParse(string? text, out QosRuleId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}
