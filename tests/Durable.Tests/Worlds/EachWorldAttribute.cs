using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Pipeline.Durable.Tests.Worlds;

/// <summary>A promise that is kept on real threads with a file and with PostgreSQL, and in simulated worlds.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EachWorldAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    ) => new([.. Enum.GetValues<WorldKind>().Select(kind => new TheoryDataRow<WorldKind>(kind))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
