using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pipeline.Identity.Federation;

/// <summary>Whom an issuer's claims make whom here: rules as Keystone's mappings have them, in the order in which they are tried.</summary>
internal sealed record Mapping
{
    public string Id { get; init; } = "";

    /// <summary>JSON, an array, as it was given.</summary>
    public string Rules { get; init; } = "[]";
    public string SchemaVersion { get; init; } = "1.0";
}

/// <summary>If all of <paramref name="Remote"/> holds, all of <paramref name="Local"/> is so.</summary>
internal sealed record MappingRule(IReadOnlyList<JsonElement> Local, IReadOnlyList<RemoteRule> Remote)
{
    private const int Most = 200;

    /// <exception cref="Fault">BadRequest naming what is wrong.</exception>
    public static IReadOnlyList<MappingRule> Read(Field rules)
    {
        var read = new List<MappingRule>();
        foreach (var rule in rules.Array(1, Most))
        {
            var fields = rule.Object();
            fields.Only("local", "remote");
            var remote = fields.Array("remote", 1, Most).Select(RemoteRule.Read).ToList();
            var holes = remote.Count(one => one.IsDirect);
            foreach (var local in fields.Array("local", 0, Most))
                Check(local, holes);
            read.Add(new([.. fields.Array("local", 0, Most).Select(local => local.Json)], remote));
        }
        return read;
    }

    private static void Check(Field local, int holes)
    {
        var fields = local.Object();
        fields.Only("user", "group", "groups", "group_ids", "projects", "domain");
        fields.Nullable("user")?.Object().Only("id", "name", "email", "domain", "type");
        fields.Nullable("group")?.Object().Only("id", "name", "domain");
        foreach (var project in fields.Nullable("projects")?.Array(0, Most) ?? [])
        {
            project.Object().Only("name", "domain", "roles");
            _ = project.Object().String("name", 1);
            foreach (var role in project.Object().Array("roles", 1, Most))
                _ = role.Object().String("name", 1);
        }
        foreach (var text in Texts(local))
            if (Template.MostOf(text.String(max: 1024)) >= holes)
                throw text.Wrong("names a value that no direct rule of remote gives");
    }

    private static IEnumerable<Field> Texts(Field value) =>
        value.Json.ValueKind switch
        {
            JsonValueKind.Object => value.Object().Entries().SelectMany(entry => Texts(entry.Value)),
            JsonValueKind.Array => value.Array().SelectMany(Texts),
            _ => [value],
        };
}

/// <summary>What must hold of one claim. Without conditions its values are there to be put into `{0}`, `{1}`, ….</summary>
internal sealed record RemoteRule(
    string Type,
    string? Condition,
    IReadOnlyList<string> Values,
    IReadOnlyList<Regex>? Patterns
)
{
    private const int Most = 1000;
    private static readonly string[] Conditions = ["any_one_of", "not_any_of", "whitelist", "blacklist"];
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(100);

    /// <summary>True where it gives values, and does not only ask.</summary>
    public bool IsDirect => Condition is null or "whitelist" or "blacklist";

    public static RemoteRule Read(Field field)
    {
        var fields = field.Object();
        fields.Only("type", "regex", "any_one_of", "not_any_of", "whitelist", "blacklist");
        var given = Conditions.Where(fields.Has).ToList();
        if (given.Count > 1)
            throw field.Wrong("has more than one condition");
        var condition = given.Count == 0 ? null : given[0];
        IReadOnlyList<string> values = condition is null
            ? []
            : [.. fields.Array(condition, 0, Most).Select(one => one.String(max: 1024))];
        var regex = fields.Nullable("regex")?.Bool() == true;
        return new(
            fields.String("type", 1),
            condition,
            values,
            regex ? [.. values.Select(one => Pattern(one, field))] : null
        );
    }

    /// <summary>The values that it gives; empty where it only asks; null where it does not hold.</summary>
    /// <exception cref="RegexMatchTimeoutException">A pattern takes too long.</exception>
    public IReadOnlyList<string>? Apply(IReadOnlyList<string> claim)
    {
        if (claim.Count == 0)
            return null;
        return Condition switch
        {
            null => claim,
            "any_one_of" => claim.Any(Fits) ? [] : null,
            "not_any_of" => claim.Any(Fits) ? null : [],
            "whitelist" => [.. claim.Where(Fits)],
            _ => [.. claim.Where(value => !Fits(value))],
        };
    }

    private bool Fits(string value) =>
        Patterns is null ? Values.Contains(value) : Patterns.Any(pattern => pattern.IsMatch(value));

    private static Regex Pattern(string text, Field field)
    {
        try
        {
            return new(text, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (RegexParseException wrong)
        {
            throw field.Wrong($"has a regular expression that is none: {wrong.Message}");
        }
    }
}
