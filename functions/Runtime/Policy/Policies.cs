using System.Collections.Frozen;
using Pipeline.Runtime.Http;
using Pipeline.Runtime.Policy;

namespace Pipeline.Runtime;

/// <summary>
/// Every rule of the cloud with its check: the default that stands beside the function, or what an operator put in its place.
/// </summary>
public sealed class Policies
{
    /// <summary>Rules that others are made of.</summary>
    private static readonly (string Name, string Text)[] Parts =
    [
        ("admin_required", "role:admin"),
        ("owner", "user_id:%(user_id)s"),
        ("system_reader", "role:reader and system_scope:all"),
    ];

    private readonly FrozenDictionary<string, Check> defaults;
    private volatile FrozenDictionary<string, Check> checks;
    private volatile FrozenSet<string> overridden = FrozenSet<string>.Empty;

    /// <exception cref="InvalidOperationException">A default is no check string, or two functions give one rule two defaults.</exception>
    internal Policies(IEnumerable<FunctionMethod> functions)
    {
        Texts = TextsOf(functions);
        defaults = Texts.ToFrozenDictionary(rule => rule.Key, rule => Parse(rule.Key, rule.Value));
        checks = defaults;
    }

    /// <summary>The defaults as text, in the order of names.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; }

    public bool Allows(string rule, Caller caller, PolicyTarget target) =>
        checks.TryGetValue(rule, out var check) && check.Holds(caller, target, checks);

    /// <exception cref="Fault">Forbidden, in Keystone's words.</exception>
    public void Enforce(string rule, Caller caller, PolicyTarget target)
    {
        if (!Allows(rule, caller, target))
            throw Fault.Forbidden($"You are not authorized to perform the requested action: {rule}.");
    }

    /// <summary>True when an operator's check stands in place of the default, also of one that the default names.</summary>
    internal bool IsOverridden(string rule) => overridden.Contains(rule);

    /// <summary>Puts an operator's checks over the defaults, all at once.</summary>
    internal void Override(IReadOnlyDictionary<string, Check> given)
    {
        var all = new Dictionary<string, Check>(defaults);
        foreach (var (rule, check) in given)
            all[rule] = check;
        overridden = all.Keys.Where(rule => Reaches(rule, given, all)).ToFrozenSet();
        checks = all.ToFrozenDictionary();
    }

    private static bool Reaches(
        string rule,
        IReadOnlyDictionary<string, Check> given,
        Dictionary<string, Check> all,
        int depth = 0
    ) =>
        given.ContainsKey(rule)
        || (
            depth < 50
            && all.TryGetValue(rule, out var check)
            && check.Named().Any(named => Reaches(named, given, all, depth + 1))
        );

    private static SortedDictionary<string, string> TextsOf(IEnumerable<FunctionMethod> functions)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in Parts)
            texts.Add(name, text);
        foreach (var function in functions)
        foreach (var (rule, text) in RulesOf(function))
            if (!texts.TryAdd(rule, text) && texts[rule] != text)
                throw new InvalidOperationException($"{function}: {rule} has another default elsewhere.");
        return texts;
    }

    private static IEnumerable<(string Rule, string Text)> RulesOf(FunctionMethod function)
    {
        if (function.Policy is { } policy && (policy.Check ?? Default(policy.Require)) is { } text)
            yield return (policy.Rule, text);
        foreach (var further in function.FurtherRules)
            yield return (further.Rule, further.Check);
    }

    /// <summary>What a requirement is as a check string; null where no token is asked for, so that no rule can grant more.</summary>
    private static string? Default(Require require) =>
        require switch
        {
            Require.Token => "@",
            Require.ProjectReader => "role:reader and project_id:%(project_id)s",
            Require.ProjectMember => "role:member and project_id:%(project_id)s",
            Require.ProjectManager => "role:manager and project_id:%(project_id)s",
            Require.SystemReader => "rule:admin_required or rule:system_reader",
            Require.Admin => "rule:admin_required",
            _ => null,
        };

    private static Check Parse(string rule, string text)
    {
        try
        {
            return CheckText.Read(text);
        }
        catch (FormatException wrong)
        {
            throw new InvalidOperationException($"The default of {rule} is no check string: {wrong.Message}.", wrong);
        }
    }
}
