using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;
using Pipeline.Testing.Simulation;

namespace Pipeline.Durable.Tests.Engine;

public sealed class CrashTests
{
    private static readonly string[] Built = ["claim a", "port a", "host: disk a", "host: guest a", "host: net a"];

    [Fact]
    public void A_build_killed_at_any_point_ends_where_an_undisturbed_one_ends() =>
        AtEveryPoint(
            (world, faults) =>
            {
                world.Start(faults);
                return SagaTests.BuildAsync(world);
            },
            "build",
            InstanceStatus.Completed,
            Built
        );

    [Fact]
    public void A_failing_build_killed_at_any_point_leaves_nothing_behind() =>
        AtEveryPoint(
            (world, faults) =>
            {
                world.Host.Before = SagaTests.FailOn("guest a");
                world.Start(faults);
                return SagaTests.BuildAsync(world);
            },
            "build",
            InstanceStatus.Failed,
            []
        );

    [Fact]
    public void A_removal_of_a_running_build_killed_at_any_point_leaves_nothing_behind() =>
        AtEveryPoint(
            async (world, faults) =>
            {
                world.Start(faults);
                await SagaTests.BuildAsync(world);
                await world.Store.WriteAsync(tx =>
                    world.Now.Client.StartAsync(tx, new Remove("a", world.Host.Id), new("remove", Supersede: true))
                );
            },
            "remove",
            InstanceStatus.Completed,
            []
        );

    [Theory, InlineData(WorldKind.Threads), InlineData(WorldKind.Postgres)]
    public async Task A_build_on_real_threads_survives_a_kill_at_every_point_of_every_step(WorldKind kind)
    {
        foreach (var point in Enum.GetValues<EnginePoint>().Except(Elsewhere))
        foreach (var name in NamesAt(point))
            await Run.InAsync(
                kind,
                async world =>
                {
                    var dying = world.Start(f => f.KillAt(point, name, point == EnginePoint.AfterAnswer ? 1 : 2));
                    await world.Store.WriteAsync(tx =>
                        dying.Client.StartAsync(tx, new Build("a", world.Host.Id), new("build"))
                    );
                    await world.ReviveAsync();
                    Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
                    Assert.True(dying.Faults.Reached);
                    Assert.Equal(Built, await world.ThingsAsync());
                }
            );
    }

    private static readonly EnginePoint[] Elsewhere = [EnginePoint.BeforeAnswer, EnginePoint.BeforeRenewal];

    private static string[] NamesAt(EnginePoint point) =>
        point is EnginePoint.BeforeStep or EnginePoint.AfterStep ? [nameof(Take), nameof(Ensure)]
        : point is EnginePoint.AfterAnswer ? ["build/0/3"]
        : [nameof(Build)];

    /// <summary>Counts the points of an undisturbed run, then kills at each of them and revives.</summary>
    private static void AtEveryPoint(
        Func<World, Action<FaultPlan>?, Task> begin,
        string id,
        string status,
        IReadOnlyList<string> things
    )
    {
        var points = 0;
        Run.Simulated(
            1,
            async world =>
            {
                await begin(world, null);
                await CheckAsync(world);
                points = world.Now.Faults.Passed.Count;
            }
        );
        Assert.True(points > 10);
        for (var n = 1; n <= points; n++)
            Run.Simulated(
                1,
                async world =>
                {
                    await begin(world, f => f.KillAt(n));
                    var dying = world.Now;
                    await world.ReviveAsync();
                    Assert.True(dying.Faults.Reached);
                    await CheckAsync(world);
                }
            );

        async Task CheckAsync(World world)
        {
            Assert.Equal(status, (await world.EndOfAsync(id)).Status);
            Assert.Equal(things, await world.ThingsAsync());
            Assert.Empty(await world.UnansweredAsync());
        }
    }
}
