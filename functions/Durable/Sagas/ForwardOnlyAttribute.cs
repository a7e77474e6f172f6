namespace Pipeline.Durable;

/// <summary>
/// On an orchestrator that is no saga: why none of its steps is ever undone. Every orchestrator of the product is the one or
/// has the other, which a test of the architecture sees to.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ForwardOnlyAttribute(string because) : Attribute
{
    public string Because => because;
}
