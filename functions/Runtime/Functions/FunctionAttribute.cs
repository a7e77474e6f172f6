namespace Pipeline.Runtime;

/// <summary>Marks a function's method. Names are unique in the cloud and stand in traces, metrics and `routes.txt`.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
