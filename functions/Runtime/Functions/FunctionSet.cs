using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Pipeline.Runtime;

/// <summary>One trigger of a `[Function]` method, as found by reflection at start.</summary>
/// <param name="Trigger">An attribute on its first parameter.</param>
internal sealed record FunctionMethod(string Name, MethodInfo Method, Attribute Trigger)
{
    /// <summary>Null where it is no HTTP function.</summary>
    public PolicyAttribute? Policy { get; } = Method.GetCustomAttribute<PolicyAttribute>();

    public IReadOnlyList<FurtherRuleAttribute> FurtherRules { get; } =
    [.. Method.GetCustomAttributes<FurtherRuleAttribute>()];

    /// <summary>In bytes.</summary>
    public long BodyLimit { get; } =
        Method.GetCustomAttribute<BodyLimitAttribute>()?.Bytes ?? BodyLimitAttribute.Default;

    public int? Success { get; } = Method.GetCustomAttribute<AnswersAttribute>()?.Status;

    public bool LongLived { get; } = Method.IsDefined(typeof(LongLivedAttribute));

    public IReadOnlyList<ParameterInfo> Parameters { get; } = Method.GetParameters();

    public override string ToString() => $"function {Name} ({Method.DeclaringType?.Name}.{Method.Name})";
}

public static class FunctionSet
{
    /// <summary>What reflection finds is the same for each host of a process; a world has many, a test's process has more.</summary>
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<FunctionMethod>> Known = new();

    /// <summary>Adds every function of an assembly; a service's module calls it for its own.</summary>
    /// <exception cref="InvalidOperationException">A function has no trigger, or its name is taken.</exception>
    public static IServiceCollection AddFunctions(this IServiceCollection services, Assembly assembly) =>
        services.AddFunctions(assembly.GetTypes());

    /// <summary>Adds the functions of the named classes alone.</summary>
    public static IServiceCollection AddFunctions(this IServiceCollection services, params Type[] classes)
    {
        foreach (var function in classes.SelectMany(type => Known.GetOrAdd(type, FunctionsOf)))
            services.AddSingleton(function);
        return services;
    }

    private static IReadOnlyList<FunctionMethod> FunctionsOf(Type type) =>
        type is { IsClass: true, IsAbstract: false }
            ?
            [
                .. from method in type.GetMethods(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly
                )
                let function = method.GetCustomAttribute<FunctionAttribute>()
                where function is not null
                from described in Describe(function.Name, method)
                select described,
            ]
            : [];

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
