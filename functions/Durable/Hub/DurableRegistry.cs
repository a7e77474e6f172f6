using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Contracts;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>A service's orchestrators and handlers, with the JSON of their records.</summary>
public sealed record DurableAssembly(Assembly Assembly, IJsonTypeInfoResolver Json)
{
    internal IEnumerable<Type> Types { get; init; } = Assembly.GetTypes();
}

/// <summary>Finds the code for a stored name: orchestrators by their input record, handlers by their step record.</summary>
internal sealed class DurableRegistry
{
    private readonly FrozenDictionary<string, IReadOnlyList<IOrchestrator>> orchestrators;
    private readonly FrozenDictionary<string, ActivityHandler> handlers;

    public DurableRegistry(IEnumerable<DurableAssembly> assemblies, DurableJson json, IServiceProvider services)
    {
        var types = assemblies.SelectMany(a => a.Types).Where(t => t is { IsClass: true, IsAbstract: false }).ToList();
        orchestrators = types
            .Where(t => t.IsAssignableTo(typeof(IOrchestrator)))
            .GroupBy(t => InputOf(t).Name, t => (IOrchestrator)ActivatorUtilities.CreateInstance(services, t))
            .ToFrozenDictionary(g => g.Key, Versions);
        handlers = types
            .SelectMany(t => t.GetInterfaces().Select(i => ActivityHandler.TryCreate(t, i, json, services)))
            .OfType<ActivityHandler>()
            .ToFrozenDictionary(h => h.Name);
    }

    /// <summary>The newest code of each name.</summary>
    public IEnumerable<KeyValuePair<string, IOrchestrator>> Newests =>
        orchestrators.Select(o => KeyValuePair.Create(o.Key, o.Value[^1]));

    /// <summary>What a new instance runs on.</summary>
    /// <exception cref="Fault">Unavailable when there is none.</exception>
    public IOrchestrator Newest(string name) => Loaded(name)[^1];

    /// <summary>What an instance of this version goes on with.</summary>
    /// <exception cref="Fault">Unavailable when there is none of this name.</exception>
    /// <exception cref="MismatchException">There is none of this version.</exception>
    public IOrchestrator Orchestrator(string name, int version)
    {
        var loaded = Loaded(name);
        return loaded.FirstOrDefault(o => o.Version == version)
            ?? throw new MismatchException(
                -1,
                $"version {version}",
                $"version {string.Join(", ", loaded.Select(o => o.Version))}",
                $"version {version} of {name} is not loaded"
            );
    }

    public bool Knows(string name, int version) =>
        orchestrators.TryGetValue(name, out var loaded) && loaded.Any(o => o.Version == version);

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

    private IReadOnlyList<IOrchestrator> Loaded(string name) =>
        orchestrators.GetValueOrDefault(name)
        ?? throw new Fault(FaultCode.Unavailable, $"no orchestrator for '{name}' is loaded");

    private static IReadOnlyList<IOrchestrator> Versions(IGrouping<string, IOrchestrator> of)
    {
        var versions = of.OrderBy(o => o.Version).ToList();
        for (var i = 1; i < versions.Count; i++)
            if (versions[i].Version == versions[i - 1].Version)
                throw new InvalidOperationException(
                    $"version {versions[i].Version} of {of.Key} is both {versions[i - 1].GetType().Name} and {versions[i].GetType().Name}"
                );
        return versions;
    }

    private static Type InputOf(Type orchestrator)
    {
        for (var type = orchestrator; type is not null; type = type.BaseType)
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(TaskOrchestrator<,>))
                return type.GenericTypeArguments[0];
        throw new InvalidOperationException($"{orchestrator.Name} is no TaskOrchestrator");
    }
}
