using Pipeline.Testing.Worlds;

namespace Pipeline.Cloud.Tests;

/// <summary>Mistakes put into the cloud on purpose: the worlds find each within a stated number of seeds.</summary>
public sealed class Mistakes_are_found
{
    public static TheoryData<string> All => [.. Plant.All.Select(p => p.Name)];

    [Theory, MemberData(nameof(All))]
    public void Within_the_seeds_it_states(string name)
    {
        var plant = Plant.All.First(p => p.Name == name);
        var found = Enumerable.Range(1, plant.Within).Any(seed => !WorldRun.Run(plant.Plan(seed), plant.Put).Holds);
        Assert.True(found, $"{name} was not found within {plant.Within} seeds");
    }

    [Fact]
    public void The_late_worlds_are_sound_without_a_mistake()
    {
        foreach (var kind in new[] { DeedKind.BuildServer, DeedKind.BuildServerAndDeleteIt })
            for (var seed = 1; seed <= 4; seed++)
                Assert.Empty(WorldRun.Run(WorldPlan.Late(seed, kind)).Violations);
    }

    [Fact]
    public void A_world_that_fails_is_shrunk_to_what_matters()
    {
        var plant = Plant.All.First(p => p.Name.Contains("acknowledged", StringComparison.Ordinal));
        var failed = WorldRun.Run(WorldPlan.Draw(1), plant.Put);
        var shrunk = Shrinker.Shrink(failed, plant.Put);
        Assert.True(shrunk.Shortest.Plan.Deeds.Count <= 1, shrunk.Tell());
        Assert.Contains("no message is acknowledged before its effect", shrunk.Tell());
    }
}
