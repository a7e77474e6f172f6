namespace Pipeline.Runtime.Policy;

/// <summary>A check string, read: what a caller must be for an action on a target.</summary>
internal abstract record Check
{
    public sealed record Always : Check;

    public sealed record Never : Check;

    public sealed record All(IReadOnlyList<Check> Parts) : Check;

    public sealed record Any(IReadOnlyList<Check> Parts) : Check;

    public sealed record Not(Check Part) : Check;

    /// <summary>Another rule, by name.</summary>
    public sealed record Rule(string Name) : Check;

    /// <summary>A role of the caller's; case does not matter.</summary>
    public sealed record Role(string Name) : Check;

    /// <summary>Something of the caller's, or a literal, is the same as something of the target's, or a literal.</summary>
    /// <param name="Caller">Null where <paramref name="Literal"/> stands on the left.</param>
    /// <param name="Target">The key of `%(key)s`; null where the right side is itself.</param>
    public sealed record Same(string? Caller, string Literal, string? Target, string Word) : Check;

    /// <param name="rules">The checks of rules; a rule that is not there holds for nobody.</param>
    public bool Holds(Caller caller, PolicyTarget target, IReadOnlyDictionary<string, Check> rules) =>
        this switch
        {
            Always => true,
            All all => all.Parts.All(part => part.Holds(caller, target, rules)),
            Any any => any.Parts.Any(part => part.Holds(caller, target, rules)),
            Not not => !not.Part.Holds(caller, target, rules),
            Rule rule => rules.TryGetValue(rule.Name, out var named) && named.Holds(caller, target, rules),
            Role role => caller.Roles.Contains(role.Name, StringComparer.OrdinalIgnoreCase),
            Same same => Compare(same, caller, target),
            _ => false,
        };

    /// <summary>The rules that this one names.</summary>
    public IEnumerable<string> Named() =>
        this switch
        {
            Rule rule => [rule.Name],
            All all => all.Parts.SelectMany(part => part.Named()),
            Any any => any.Parts.SelectMany(part => part.Named()),
            Not not => not.Part.Named(),
            _ => [],
        };

    private static bool Compare(Same same, Caller caller, PolicyTarget target)
    {
        string? wanted = same.Word;
        if (same.Target is { } key && !target.TryGet(key, out wanted))
            return false;
        var given = same.Caller is { } attribute ? CallerAttributes.Of(caller, attribute) : same.Literal;
        return given is not null && given == (wanted ?? "None");
    }
}
