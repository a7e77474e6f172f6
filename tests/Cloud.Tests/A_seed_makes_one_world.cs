namespace Pipeline.Cloud.Tests;

public sealed class A_seed_makes_one_world
{
    [Fact]
    public void Two_runs_of_a_seed_have_the_same_log_byte_by_byte() =>
        Assert.Equal(Workload.Run(11, logsSteps: true), Workload.Run(11, logsSteps: true));

    [
        Theory,
        InlineData(1),
        InlineData(2),
        InlineData(3),
        InlineData(4),
        InlineData(5),
        InlineData(6),
        InlineData(7),
        InlineData(8)
    ]
    public void A_random_life_leaves_a_sound_cloud(int seed) => Assert.NotEmpty(Workload.Run(seed));
}
