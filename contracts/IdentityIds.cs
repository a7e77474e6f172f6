using System.Text.Json.Serialization;

namespace Pipeline.Contracts;

// Keystone's ids: 32 hex digits, and the words `default` and `admin`-like names operators may choose.

[JsonConverter(typeof(IdJsonConverter<ProjectId>))]
public readonly record struct ProjectId(string Value) : IId<ProjectId>
{
    public static bool TryParse(string? text, out ProjectId id)
    {
        id = new(text ?? "");
        return text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }

    public override string ToString() => Value;
}

[JsonConverter(typeof(IdJsonConverter<UserId>))]
public readonly record struct UserId(string Value) : IId<UserId>
{
    public static bool TryParse(string? text, out UserId id)
    {
        id = new(text ?? "");
        return text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }

    public override string ToString() => Value;
}

[JsonConverter(typeof(IdJsonConverter<DomainId>))]
public readonly record struct DomainId(string Value) : IId<DomainId>
{
    public static bool TryParse(string? text, out DomainId id)
    {
        id = new(text ?? "");
        return text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }

    public override string ToString() => Value;
}

[JsonConverter(typeof(IdJsonConverter<RoleId>))]
public readonly record struct RoleId(string Value) : IId<RoleId>
{
    public static bool TryParse(string? text, out RoleId id)
    {
        id = new(text ?? "");
        return text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }

    public override string ToString() => Value;
}

[JsonConverter(typeof(IdJsonConverter<GroupId>))]
public readonly record struct GroupId(string Value) : IId<GroupId>
{
    public static bool TryParse(string? text, out GroupId id)
    {
        id = new(text ?? "");
        return text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }

    public override string ToString() => Value;
}
