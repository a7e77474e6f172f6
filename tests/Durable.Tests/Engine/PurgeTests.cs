using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class PurgeTests
{
    [Theory, EachWorld]
    public Task What_the_filter_names_goes_with_all_that_hangs_on_it(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Nap(TimeSpan.FromHours(5)), "runs");
                await world.OrderAsync(new Borrow("book"), "terminated");
                await world.TerminateAsync("terminated");
                await world.OrderAsync(new Broken("x"), "failed");
                await world.OrderAsync(new Chain(2), "chain");
                foreach (var id in new[] { "failed", "chain" })
                    await world.EndOfAsync(id);

                Assert.Equal(new(0, true), await PurgeAsync(world, new(Name: "Nobody")));
                Assert.Equal(new(0, true), await PurgeAsync(world, new(Statuses: [InstanceStatus.Running])));
                Assert.Equal(new(0, true), await PurgeAsync(world, new(CompletedBefore: DateTimeOffset.UnixEpoch)));
                Assert.Equal(new(0, true), await PurgeAsync(world, new(CreatedTo: DateTimeOffset.UnixEpoch)));
                Assert.Equal(new(1, true), await PurgeAsync(world, new(Statuses: [InstanceStatus.Failed])));
                Assert.Null(await world.StateAsync("failed"));
                Assert.Equal(new(1, true), await PurgeAsync(world, new(Name: nameof(Chain))));
                Assert.Equal(new(1, true), await PurgeAsync(world, new(CreatedFrom: DateTimeOffset.UnixEpoch)));
                Assert.Equal(new(0, true), await PurgeAsync(world, new()));
                Assert.NotNull(await world.StateAsync("runs"));
                Assert.Equal(0, await world.CountAsync("history WHERE instance_id <> 'runs'"));
            }
        );

    [Theory, EachWorld]
    public Task A_call_does_its_share_and_says_when_more_is_left(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.StopAsync();
                await FillAsync(world, 1_250, events: 3);
                Assert.Equal(new(1_000, false), await PurgeAsync(world, new()));
                Assert.Equal(new(250, true), await PurgeAsync(world, new()));
                Assert.Equal(0, await world.CountAsync("instances"));
            }
        );

    [Theory, EachWorld]
    public Task Long_histories_go_one_in_a_transaction(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.StopAsync();
                await FillAsync(world, 3, events: PurgeStore.Events);
                var (gone, more) = await world.Store.WriteAsync(tx => tx.PurgeAsync(InstanceStatus.Completed, new()));
                Assert.Equal((1, true), (gone, more));
            }
        );

    [Theory, EachWorld]
    public Task Two_who_purge_at_once_and_a_caller_who_goes_away_do_no_harm(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await FillAsync(world, 400, events: 2);
                using var gone = new CancellationTokenSource();
                gone.Cancel();
                await Assert.ThrowsAsync<OperationCanceledException>(() =>
                    world.Now.Client.PurgeAllInstancesAsync(new(), gone.Token)
                );
                var (first, second) = (PurgeAsync(world, new()), PurgeAsync(world, new()));
                var both = (await first).PurgedInstanceCount + (await second).PurgedInstanceCount;
                both += (await PurgeAsync(world, new())).PurgedInstanceCount;
                Assert.Equal((400, 0), (both, (int)await world.CountAsync("instances")));
            }
        );

    internal static Task FillAsync(World world, int count, int events) =>
        world.Store.WriteAsync(async tx =>
        {
            for (var i = 0; i < count; i++)
            {
                var row = new { Id = $"{events}-{i}", events };
                await tx.ExecuteAsync(
                    """
                    INSERT INTO instances (id, name, version, generation, status, input, epoch, next_seq, created_at,
                        updated_at, deadline_at, completed_at, owner)
                    VALUES (@Id, 'Chain', 1, 0, 'Completed', '{}', 0, @events, @now, @now, @now, @now, '')
                    """,
                    row
                );
                await tx.ExecuteAsync(
                    """
                    INSERT INTO history (instance_id, generation, seq, kind, task_id, at)
                    VALUES (@Id, 0, 0, 'OrchestratorStarted', -1, @now)
                    """,
                    row
                );
            }
        });

    private static Task<PurgeResult> PurgeAsync(World world, PurgeInstancesFilter filter) =>
        world.Now.Client.PurgeAllInstancesAsync(filter, TestContext.Current.CancellationToken);
}
