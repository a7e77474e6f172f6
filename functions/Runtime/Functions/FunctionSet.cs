using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Pipeline.Runtime;

/// <summary>One `[Function]` method, as found by reflection at start.</summary>
/// <param name="Trigger">The attribute on its first parameter.</param>
internal sealed record FunctionMethod(string Name, MethodInfo Method, Attribute Trigger)
{
    public override string ToString() => $"function {Name} ({Method.DeclaringType?.Name}.{Method.Name})";
}

public static class FunctionSet
{
    /// <summary>Adds every function of an assembly; a service's module calls it for its own.</summary>
    /// <exception cref="InvalidOperationException">A function has no trigger, or its name is taken.</exception>
    public static IServiceCollection AddFunctions(this IServiceCollection services, Assembly assembly) =>
        services.AddFunctions(assembly.GetTypes());

    /// <summary>Adds the functions of the named classes alone.</summary>
    public static IServiceCollection AddFunctions(this IServiceCollection services, params Type[] classes)
    {
        foreach (
            var method in classes.Where(type => type is { IsClass: true, IsAbstract: false }).SelectMany(MethodsOf)
        )
            if (method.GetCustomAttribute<FunctionAttribute>() is { } function)
                services.AddSingleton(Describe(function.Name, method));
        return services;
    }

    private static MethodInfo[] MethodsOf(Type type) =>
        type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);

    private static FunctionMethod Describe(string name, MethodInfo method)
    {
        var first = method.GetParameters().FirstOrDefault();
        Attribute? trigger =
            first?.GetCustomAttribute<HttpTriggerAttribute>()
            ?? (Attribute?)first?.GetCustomAttribute<QueueTriggerAttribute>()
            ?? first?.GetCustomAttribute<TimerTriggerAttribute>();
        var fits = trigger switch
        {
            HttpTriggerAttribute => first!.ParameterType == typeof(HttpRequest),
            TimerTriggerAttribute => first!.ParameterType == typeof(TimerInfo),
            QueueTriggerAttribute => true,
            _ => false,
        };
        return fits
            ? new(name, method, trigger!)
            : throw new InvalidOperationException(
                $"Function {name} ({method.DeclaringType?.Name}): its first parameter must carry a trigger of its kind."
            );
    }
}
