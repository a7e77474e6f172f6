using Pipeline.Testing.Worlds;

namespace Pipeline.Cloud.Tests;

/// <summary>A functions host stands still between two of its writes for longer than its lease.</summary>
public sealed class A_functions_host_stalls
{
    [Theory, InlineData(1), InlineData(2)]
    public void It_goes_on_with_a_lease_of_its_own(int functionsHosts)
    {
        for (var write = 0; write < 24; write++)
        {
            // The fault waits for the nth write; its length is 40 s, the lease's 15 s.
            Deed stall = new(1_000, DeedKind.FunctionsHostStallsLater, 0, 0, 680 + write);
            Deed build = new(2_000 + (write * 400), DeedKind.BuildServer, 0, 0, 1);
            var report = WorldRun.Run(new WorldPlan(write, functionsHosts, 1, 1, [0, 0], [stall, build]));
            Assert.True(report.Holds, string.Join('\n', report.Violations));
        }
    }
}
