namespace Pipeline.Testing.Simulation;

/// <summary>A readable name for a queued callback: the async method that goes on, or the method that was posted.</summary>
internal static class StepName
{
    public static string Of(SendOrPostCallback callback, object? state)
    {
        var target = (state as Delegate)?.Target ?? callback.Target;
        var machine = target?.GetType().GenericTypeArguments.LastOrDefault(t => t.Name.StartsWith('<'));
        return machine is null ? Method(state as Delegate ?? callback) : Readable(machine.DeclaringType, machine.Name);
    }

    private static string Method(Delegate callback) => Readable(callback.Method.DeclaringType, callback.Method.Name);

    private static string Readable(Type? owner, string name)
    {
        while (owner is not null && owner.Name.StartsWith('<'))
            owner = owner.DeclaringType;
        return $"{owner?.Name.Split('`')[0]}.{name}";
    }
}
