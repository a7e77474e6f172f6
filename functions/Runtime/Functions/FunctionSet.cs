using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Pipeline.Runtime;

/// <summary>One trigger of a `[Function]` method, as found by reflection at start.</summary>
/// <param name="Trigger">An attribute on its first parameter.</param>
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
                foreach (var described in Describe(function.Name, method))
                    services.AddSingleton(described);
        return services;
    }

    private static MethodInfo[] MethodsOf(Type type) =>
        type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);

    private static IEnumerable<FunctionMethod> Describe(string name, MethodInfo method)
    {
        var first = method.GetParameters().FirstOrDefault();
        var triggers = (first?.GetCustomAttributes() ?? [])
            .Where(one => IsTriggerOf(one, first!.ParameterType))
            .ToList();
        return triggers.Count > 0
            ? triggers.Select(trigger => new FunctionMethod(name, method, trigger))
            : throw new InvalidOperationException(
                $"Function {name} ({method.DeclaringType?.Name}): its first parameter must carry a trigger of its kind."
            );
    }

    private static bool IsTriggerOf(Attribute attribute, Type parameter) =>
        attribute switch
        {
            HttpTriggerAttribute => parameter == typeof(HttpRequest),
            TimerTriggerAttribute => parameter == typeof(TimerInfo),
            QueueTriggerAttribute => true,
            _ => false,
        };
}
