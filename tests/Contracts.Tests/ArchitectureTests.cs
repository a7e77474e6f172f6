using System.Reflection;
using Pipeline.Audit;
using Pipeline.BlockStorage;
using Pipeline.Compute;
using Pipeline.Durable;
using Pipeline.Identity;
using Pipeline.Image;
using Pipeline.Network;
using Pipeline.Placement;
using Pipeline.Testing;

namespace Pipeline.Contracts.Tests;

/// <summary>The rules of the house that a compiler does not know.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly[] Services =
    [
        typeof(AuditModule).Assembly,
        typeof(BlockStorageModule).Assembly,
        typeof(ComputeModule).Assembly,
        typeof(IdentityModule).Assembly,
        typeof(ImageModule).Assembly,
        typeof(NetworkModule).Assembly,
        typeof(PlacementModule).Assembly,
    ];

    private static readonly string[] Banned =
    [
        "Manager",
        "Helper",
        "Helpers",
        "Util",
        "Utils",
        "Common",
        "Impl",
        "Dto",
        "Processor",
    ];

    [Fact]
    public void No_service_references_another() =>
        Assert.All(
            Services,
            service =>
                Assert.DoesNotContain(
                    service.GetReferencedAssemblies(),
                    reference => Services.Any(other => other.GetName().Name == reference.Name)
                )
        );

    [Fact]
    public void A_services_one_public_type_is_its_module() =>
        Assert.All(
            Services,
            service =>
                Assert.All(
                    service
                        .GetExportedTypes()
                        .Where(t => t.IsClass && t.Name.EndsWith("Store", StringComparison.Ordinal)),
                    type => Assert.Fail($"{type} is public")
                )
        );

    [Fact]
    public void No_type_bears_a_name_that_says_nothing() =>
        Assert.DoesNotContain(
            Services.SelectMany(s => s.GetTypes()),
            type => Banned.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal))
        );

    [Fact]
    public void Every_orchestrator_declares_a_deadline()
    {
        var orchestrators = Services
            .SelectMany(s => s.GetTypes())
            .Where(t => t is { IsAbstract: false } && IsOrchestrator(t))
            .ToList();
        Assert.NotEmpty(orchestrators);
        Assert.All(orchestrators, t => Assert.NotNull(t.GetProperty("Deadline")));
    }

    /// <summary>A saga's step has an undo or a reason by its verb; who is no saga says it for all of them.</summary>
    [Fact]
    public void An_orchestrator_without_undos_says_why()
    {
        var plain = Services
            .SelectMany(s => s.GetTypes())
            .Where(t => t is { IsAbstract: false } && IsOrchestrator(t) && !IsSaga(t))
            .ToList();
        Assert.NotEmpty(plain);
        Assert.All(
            plain,
            t =>
                Assert.True(
                    t.GetCustomAttribute<ForwardOnlyAttribute>()?.Because.Contains(' ') is true,
                    $"{t.Name} is no saga: [ForwardOnly(\"…\")] says why none of its steps is undone"
                )
        );
    }

    [Fact]
    public void A_step_without_an_undo_says_why_in_words() =>
        Assert.All(
            Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "functions"), "*.cs", SearchOption.AllDirectories)
                .Where(file => file.Contains("/Orchestrations/", StringComparison.Ordinal))
                .SelectMany(file => File.ReadLines(file).Where(l => l.Contains("Undo.", StringComparison.Ordinal))),
            line => Assert.Matches("""Undo\.NotNeeded\("\S+ \S+[^"]*"\)""", line)
        );

    [Fact]
    public void Every_step_has_exactly_one_handler()
    {
        var types = Services.Append(typeof(Done).Assembly).SelectMany(s => s.GetTypes()).ToList();
        var steps = types.Where(t => t is { IsClass: true, IsAbstract: false } && IsStep(t)).ToList();
        var agent = typeof(Agent.Journal).Assembly.GetTypes();
        Assert.NotEmpty(steps);
        Assert.All(
            steps,
            step =>
            {
                var handlers = types.Concat(agent).Count(t => t.GetInterfaces().Any(i => Handles(i, step)));
                Assert.True(handlers == 1, $"{step.Name} has {handlers} handlers");
            }
        );
    }

    [Fact]
    public void Orchestrators_use_nothing_but_their_context()
    {
        string[] foreign =
        [
            "System.IO",
            "System.Net",
            "Task.Delay",
            "Database ",
            "HttpClient",
            "Environment.",
            "Thread",
        ];
        foreach (var folder in Directory.GetDirectories(Path.Combine(Repository.Root, "functions")))
        foreach (
            var file in Directory.Exists(Path.Combine(folder, "Orchestrations"))
                ? Directory.GetFiles(Path.Combine(folder, "Orchestrations"), "*.cs")
                : []
        )
            Assert.All(foreign, word => Assert.DoesNotContain(word, File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public void A_driver_references_no_sibling()
    {
        var drivers = Path.Combine(Repository.Root, "workers", "Drivers");
        foreach (var kind in new[] { "Hypervisor", "Disk", "Network", "Router", "Volume" })
        {
            var siblings = Directory
                .GetDirectories(Path.Combine(drivers, kind))
                .Select(d => Path.GetFileName(d)!)
                .ToList();
            foreach (var mine in siblings)
            foreach (var file in Directory.GetFiles(Path.Combine(drivers, kind, mine), "*.cs"))
            foreach (var other in siblings.Where(s => s != mine))
                Assert.DoesNotContain($"Drivers.{kind}.{other}", File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    private static bool IsOrchestrator(Type type)
    {
        for (var t = type.BaseType; t is not null; t = t.BaseType)
            if (t.IsGenericType && t.GetGenericTypeDefinition() == typeof(TaskOrchestrator<,>))
                return true;
        return false;
    }

    private static bool IsSaga(Type type) =>
        type.BaseType is { IsGenericType: true } b && b.GetGenericTypeDefinition() == typeof(SagaOrchestrator<>);

    private static bool IsStep(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IActivity<>));

    private static bool Handles(Type face, Type step) =>
        face.IsGenericType
        && face.Name.StartsWith('I')
        && (
            face.Name.Contains("Activity`", StringComparison.Ordinal)
            || face.Name.StartsWith("IStepHandler`", StringComparison.Ordinal)
        )
        && face.GenericTypeArguments[0] == step;
}
