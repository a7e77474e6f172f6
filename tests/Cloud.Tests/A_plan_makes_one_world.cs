using Pipeline.Testing.Worlds;

namespace Pipeline.Cloud.Tests;

public sealed class A_plan_makes_one_world
{
    [Theory, InlineData(2), InlineData(5), InlineData(14)]
    public void Two_runs_of_a_seed_are_equal_byte_by_byte(int seed)
    {
        var first = WorldRun.Run(WorldPlan.Draw(seed));
        Assert.Equal(first.Log, WorldRun.Run(WorldPlan.Draw(seed)).Log);
        Assert.Empty(first.Violations);
    }
}
