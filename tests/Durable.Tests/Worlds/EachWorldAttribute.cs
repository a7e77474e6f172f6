using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Pipeline.Durable.Tests.Worlds;

/// <summary>A promise that is kept on real threads with a file, and in simulated worlds.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EachWorldAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    ) => new([new TheoryDataRow<WorldKind>(WorldKind.Threads), new TheoryDataRow<WorldKind>(WorldKind.Simulated)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
