using System.Text.Json.Serialization;

namespace Pipeline.Contracts;

// Dashed UUIDs of what addresses are planned and shared by.

[JsonConverter(typeof(IdJsonConverter<SubnetPoolId>))]
public readonly record struct SubnetPoolId(Guid Value) : IId<SubnetPoolId>
{
    public static bool TryParse(string? text, out SubnetPoolId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<AddressScopeId>))]
public readonly record struct AddressScopeId(Guid Value) : IId<AddressScopeId>
{
    public static bool TryParse(string? text, out AddressScopeId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<AddressGroupId>))]
public readonly record struct AddressGroupId(Guid Value) : IId<AddressGroupId>
{
    public static bool TryParse(string? text, out AddressGroupId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<RbacPolicyId>))]
public readonly record struct RbacPolicyId(Guid Value) : IId<RbacPolicyId>
{
    public static bool TryParse(string? text, out RbacPolicyId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}
