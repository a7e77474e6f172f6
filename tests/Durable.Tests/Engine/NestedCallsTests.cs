using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>Callers of callers: what fails below, and what an operator does above.</summary>
public sealed class NestedCallsTests
{
    private static readonly Fault Missing = new(FaultCode.NotFound, "no such thing");

    [Theory, EachWorld]
    public Task A_fault_comes_up_through_every_caller_as_it_was(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (_, _) => throw Missing);
                world.Start();
                await world.OrderAsync(new Relay("why", 3), "top");
                var end = await world.EndOfAsync("top");
                Assert.Equal(InstanceStatus.Failed, end.Status);
                Assert.Equal((FaultCode.NotFound, "no such thing"), (end.Fault!.Code, end.Fault.Message));
                Assert.Equal(4, await world.CountAsync("instances WHERE status = 'Failed'"));
                Assert.Equal(1, world.Oracle.Asked("why"));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task Who_calls_again_after_a_failure_calls_another(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (n, _) => n < 3 ? throw Missing : Task.FromResult("because"));
                world.Start();
                await world.OrderAsync(new Relay("why", 1, Tries: 3), "top");
                Assert.Equal("\"because\"", (await world.EndOfAsync("top")).Output);
                Assert.Equal(2, await world.CountAsync("instances WHERE parent_id = 'top' AND status = 'Failed'"));
                Assert.Equal(1, await world.CountAsync("instances WHERE parent_id = 'top' AND status = 'Completed'"));

                world.Oracle.On("never", (_, _) => throw Missing);
                await world.OrderAsync(new Relay("never", 1, Tries: 3), "hopeless");
                Assert.Equal(FaultCode.NotFound, (await world.EndOfAsync("hopeless")).Fault!.Code);
                Assert.Equal(3, world.Oracle.Asked("never"));
            }
        );

    [Theory, EachWorld]
    public Task Of_one_that_continued_as_new_the_last_generation_answers_its_caller(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (n, _) => n == 1 ? throw Missing : Task.FromResult("because"));
                world.Start();
                await world.OrderAsync(new Relay("why", 1, Laps: 3), "first");
                Assert.Equal(FaultCode.NotFound, (await world.EndOfAsync("first")).Fault!.Code);
                await world.OrderAsync(new Relay("why", 1, Laps: 3), "second");
                Assert.Equal("\"because\"", (await world.EndOfAsync("second")).Output);
                Assert.Equal(2, await world.CountAsync("instances WHERE parent_id IS NOT NULL AND generation = 3"));
            }
        );

    [Theory, EachWorld]
    public Task A_second_fan_out_follows_the_first(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Swarm(25, Rounds: 2), "swarm");
                Assert.Equal("50", (await world.EndOfAsync("swarm")).Output);
                Assert.Equal(
                    50,
                    await world.CountAsync("instances WHERE parent_id = 'swarm' AND status = 'Completed'")
                );
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_rewind_reaches_what_failed_however_deep(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                // Not by how often it was asked: a commit that is taken back asks again.
                var rewinds = 0;
                world.Oracle.On("why", (_, _) => rewinds < 2 ? throw Missing : Task.FromResult("because"));
                world.Start();
                await world.OrderAsync(new Relay("why", 2), "top");
                while (rewinds < 2)
                {
                    await world.WhenAsync("top", s => s.Status == InstanceStatus.Failed);
                    rewinds++;
                    await world.RewindAsync("top");
                }
                Assert.Equal("\"because\"", (await world.EndOfAsync("top")).Output);
                Assert.Equal(3, await world.CountAsync("instances WHERE status = 'Completed'"));
                Assert.Equal(3, await world.CountAsync("instances"));
                Assert.True(world.Oracle.Asked("why") >= 3);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task What_ends_while_its_rewound_caller_has_its_turn_is_not_called_again(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("0.0", (n, _) => n == 1 ? throw Missing : Task.FromResult("because"));
                var host = world.Start();
                await world.OrderAsync(new Swarm(1, Rounds: 1), "swarm");
                await world.WhenAsync("swarm", s => s.Status == InstanceStatus.Failed);
                var ended = 0;
                host.Parts.Probe = async (point, instance, _) =>
                {
                    if (point == EnginePoint.BeforeCommit && instance == "swarm" && ended++ == 0)
                        await world.TerminateAsync("swarm:0.0");
                };
                await world.RewindAsync("swarm");
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("swarm")).Status);
                Assert.Equal(2, await world.CountAsync("instances"));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_terminate_ends_all_below_or_has_them_cancelled_and_what_has_ended_stays(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                foreach (var (id, recursive) in new[] { ("alone", false), ("all", true) })
                {
                    await world.OrderAsync(new Family([new($"{id} done"), new($"{id} waits", "wait")]), id);
                    await world.WhenAsync($"{id}:0.0", s => s.Status == InstanceStatus.Completed);
                    await world.WhenAsync($"{id}:0.1", s => s.Steps is [{ EndedAt: not null }]);
                    await world.Now.Db.WriteAsync(tx =>
                        world.Now.Client.TerminateInstanceAsync(tx, id, "enough", recursive)
                    );
                    Assert.Equal(InstanceStatus.Terminated, (await world.StateAsync(id))!.Status);
                    Assert.Equal(
                        recursive ? InstanceStatus.Terminated : InstanceStatus.Canceled,
                        (await world.EndOfAsync($"{id}:0.1")).Status
                    );
                    Assert.Equal(InstanceStatus.Completed, (await world.StateAsync($"{id}:0.0"))!.Status);
                }
                // Who is cancelled undoes; who is terminated does not.
                Assert.Equal(["all done", "all waits", "alone done"], await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_purge_takes_those_along_that_were_called(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Relay("why", 2), "deep");
                await world.OrderAsync(new Swarm(10, Rounds: 1), "wide");
                await world.EndOfAsync("deep");
                await world.EndOfAsync("wide");
                var filter = new PurgeInstancesFilter(Name: nameof(Swarm));
                await world.Now.Client.PurgeAllInstancesAsync(filter, TestContext.Current.CancellationToken);
                Assert.Equal(3, await world.CountAsync("instances"));
                Assert.Equal(0, await world.CountAsync("history WHERE instance_id LIKE 'wide%'"));
                await world.Now.Client.PurgeAllInstancesAsync(new(), TestContext.Current.CancellationToken);
                Assert.Equal(0, await world.CountAsync("instances") + await world.CountAsync("history"));
            }
        );

    [Theory, EachWorld]
    public Task A_suspended_caller_hears_of_an_end_when_it_is_resumed(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var answer = new TaskCompletionSource<string>();
                world.Oracle.On("why", (_, _) => answer.Task);
                world.Start();
                await world.OrderAsync(new Relay("why", 1), "top");
                await world.UntilAsync(() => Task.FromResult(world.Oracle.Asked("why") == 1));
                await world.SuspendAsync("top");
                answer.SetResult("because");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("top:0.0")).Status);
                Assert.Equal(InstanceStatus.Suspended, (await world.StateAsync("top"))!.Status);
                await world.ResumeAsync("top");
                Assert.Equal("\"because\"", (await world.EndOfAsync("top")).Output);
            }
        );
}
