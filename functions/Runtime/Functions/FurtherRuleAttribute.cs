namespace Pipeline.Runtime;

/// <summary>A rule that a function asks in some cases in place of its <see cref="PolicyAttribute"/>.</summary>
/// <param name="check">The rule's default as a check string.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class FurtherRuleAttribute(string rule, string check) : Attribute
{
    public string Rule { get; } = rule;

    public string Check { get; } = check;
}
