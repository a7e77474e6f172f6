using System.Globalization;

namespace Pipeline.Network.Wire;

/// <summary>A filter that needs more than a column: adds its conditions for the values of one query parameter.</summary>
internal delegate void Filter(Conditions conditions, IReadOnlyList<string> values);

/// <summary>The conditions of a list, with their parameters.</summary>
internal sealed class Conditions
{
    private readonly List<string> clauses = [];

    public Dictionary<string, object?> Args { get; } = [];

    /// <summary>True where no condition was added.</summary>
    public string Sql => clauses.Count == 0 ? "1 = 1" : string.Join(" AND ", clauses);

    public void Add(string clause) => clauses.Add(clause);

    /// <summary>Makes a parameter of a value; its name as it stands in SQL.</summary>
    public string Bind(object? value)
    {
        var name = $"v{Args.Count.ToString(CultureInfo.InvariantCulture)}";
        Args.Add(name, value);
        return $"@{name}";
    }

    /// <summary>A column has one of the values; an empty one matches what is null, too.</summary>
    public void In(string column, AttributeKind kind, IReadOnlyList<string> values) =>
        Add(
            kind switch
            {
                AttributeKind.Flag => $"{column} IN {Bind(values.Select(Flag).ToArray())}",
                AttributeKind.Number => $"{column} IN {Bind(values.Select(Number).ToArray())}",
                _ when values.Contains("") => $"COALESCE({column}, '') IN {Bind(values)}",
                _ => $"{column} IN {Bind(values)}",
            }
        );

    private static long Flag(string text) =>
        text.ToLowerInvariant() switch
        {
            "true" or "1" => 1,
            "false" or "0" => 0,
            _ => throw NeutronFault.InvalidInput($"'{text}' cannot be converted to boolean."),
        };

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NeutronFault.InvalidInput($"'{text}' is not an integer.");
}
