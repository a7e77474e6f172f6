using System.Text.Json.Serialization;

namespace Pipeline.Contracts;

// Dashed UUIDs: everything but users, projects and domains.

[JsonConverter(typeof(IdJsonConverter<ServerId>))]
public readonly record struct ServerId(Guid Value) : IId<ServerId>
{
    public static bool TryParse(string? text, out ServerId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<PortId>))]
public readonly record struct PortId(Guid Value) : IId<PortId>
{
    public static bool TryParse(string? text, out PortId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<NetworkId>))]
public readonly record struct NetworkId(Guid Value) : IId<NetworkId>
{
    public static bool TryParse(string? text, out NetworkId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<SubnetId>))]
public readonly record struct SubnetId(Guid Value) : IId<SubnetId>
{
    public static bool TryParse(string? text, out SubnetId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<SecurityGroupId>))]
public readonly record struct SecurityGroupId(Guid Value) : IId<SecurityGroupId>
{
    public static bool TryParse(string? text, out SecurityGroupId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<SecurityGroupRuleId>))]
public readonly record struct SecurityGroupRuleId(Guid Value) : IId<SecurityGroupRuleId>
{
    public static bool TryParse(string? text, out SecurityGroupRuleId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<ImageId>))]
public readonly record struct ImageId(Guid Value) : IId<ImageId>
{
    public static bool TryParse(string? text, out ImageId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<SecretId>))]
public readonly record struct SecretId(Guid Value) : IId<SecretId>
{
    public static bool TryParse(string? text, out SecretId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<HostId>))]
public readonly record struct HostId(Guid Value) : IId<HostId>
{
    public static bool TryParse(string? text, out HostId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<RouterId>))]
public readonly record struct RouterId(Guid Value) : IId<RouterId>
{
    public static bool TryParse(string? text, out RouterId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<FloatingIpId>))]
public readonly record struct FloatingIpId(Guid Value) : IId<FloatingIpId>
{
    public static bool TryParse(string? text, out FloatingIpId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<PortForwardingId>))]
public readonly record struct PortForwardingId(Guid Value) : IId<PortForwardingId>
{
    public static bool TryParse(string? text, out PortForwardingId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}
