using System.Reflection;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>All orchestrations of the solution, found by reflection.</summary>
internal static class Orchestrations
{
    /// <summary>By the name of their input, which their instances have.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        .. Directory
            .EnumerateFiles(AppContext.BaseDirectory, "Pipeline.*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => !name.EndsWith("Tests", StringComparison.Ordinal) && name is not "Pipeline.Testing")
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => type.GetInterfaces().Any(IsOrchestration))
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsOrchestration(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IOrchestration<>);
}
