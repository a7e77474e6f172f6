using System.Text.Json;

namespace Pipeline.Identity;

/// <summary>What bodies of several resources have alike.</summary>
internal static class Requests
{
    /// <summary>A name with something to see in it, without blanks around.</summary>
    public static string Name(this Field field, int max)
    {
        var name = field.String(1, max).Trim();
        return name.Length > 0 ? name : throw field.Wrong("must not be blank");
    }

    /// <summary>Options that would have an effect elsewhere are refused, as they have none here.</summary>
    public static void NoOptions(this Fields fields)
    {
        if (fields.Nullable("options") is not { } options)
            return;
        foreach (var (_, option) in options.Object().Entries())
            if (option.Json.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
                throw option.Wrong("is not supported");
    }

    /// <summary>The id in a body must be the one in the path.</summary>
    public static void SameId(this Fields fields, string id)
    {
        if (fields.Nullable("id") is { } given && given.String() != id)
            throw Fault.BadRequest("Cannot change ID");
    }

    /// <summary>The domain that a new thing goes into: as said, else that of the caller's token.</summary>
    public static DomainId DomainOf(this Fields fields, Caller caller) =>
        fields.Nullable("domain_id")?.Id<DomainId>()
        ?? caller.DomainId
        ?? caller.ProjectDomainId
        ?? Domains.Domain.Default;

    /// <summary>Nothing moves to another domain.</summary>
    public static void SameDomain(this Fields fields, DomainId domain)
    {
        if (fields.Optional("domain_id") is { } given && (given.IsNull || given.String() != domain.Value))
            throw Fault.BadRequest("Cannot change Domain ID");
    }

    public static void NotEmpty(this Fields fields)
    {
        if (!fields.Json.EnumerateObject().MoveNext())
            throw Fault.BadRequest($"Invalid input for field {fields.Path}: it must have at least one property.");
    }
}
