using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Contracts;

namespace Pipeline.Durable.Hub;

/// <summary>A service's orchestrators and handlers, with the JSON of their records.</summary>
public sealed record DurableAssembly(Assembly Assembly, IJsonTypeInfoResolver Json)
{
    internal IEnumerable<Type> Types { get; init; } = Assembly.GetTypes();
}

/// <summary>Finds the code for a stored name: orchestrators by their input record, handlers by their step record.</summary>
internal sealed class DurableRegistry
{
    private readonly FrozenDictionary<string, IOrchestrator> orchestrators;
    private readonly FrozenDictionary<string, ActivityHandler> handlers;

    public DurableRegistry(IEnumerable<DurableAssembly> assemblies, DurableJson json, IServiceProvider services)
    {
        var types = assemblies.SelectMany(a => a.Types).Where(t => t is { IsClass: true, IsAbstract: false }).ToList();
        orchestrators = types
            .Where(t => t.IsAssignableTo(typeof(IOrchestrator)))
            .ToFrozenDictionary(
                t => InputOf(t).Name,
                t => (IOrchestrator)ActivatorUtilities.CreateInstance(services, t)
            );
        handlers = types
            .SelectMany(t => t.GetInterfaces().Select(i => ActivityHandler.TryCreate(t, i, json, services)))
            .OfType<ActivityHandler>()
            .ToFrozenDictionary(h => h.Name);
    }

    public IEnumerable<KeyValuePair<string, IOrchestrator>> Orchestrators => orchestrators;

    public IOrchestrator Orchestrator(string name) =>
        orchestrators.GetValueOrDefault(name)
        ?? throw new Fault(FaultCode.Unavailable, $"no orchestrator for '{name}' is loaded");

    public bool Knows(string name) => orchestrators.ContainsKey(name);

    public ActivityHandler? FindHandler(string name) => handlers.GetValueOrDefault(name);

    /// <summary>Whether a step is done here or by a host.</summary>
    /// <exception cref="Fault">Unavailable when nothing that is loaded does it.</exception>
    public string KindOf(object step)
    {
        var name = step.GetType().Name;
        return step is IHostStep ? TaskRow.OnHost
            : FindHandler(name) is { } handler ? handler.Kind
            : throw new Fault(FaultCode.Unavailable, $"no handler for the step '{name}' is loaded");
    }

    private static Type InputOf(Type orchestrator)
    {
        for (var type = orchestrator; type is not null; type = type.BaseType)
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(TaskOrchestrator<,>))
                return type.GenericTypeArguments[0];
        throw new InvalidOperationException($"{orchestrator.Name} is no TaskOrchestrator");
    }
}
