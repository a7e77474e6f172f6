using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class RewindTests
{
    private static readonly Fault Missing = new(FaultCode.NotFound, "no such thing");

    [Theory, EachWorld]
    public Task What_was_done_stands_and_what_failed_is_done_again(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("one", (n, _) => n == 1 ? throw Missing : Task.FromResult("found"));
                world.Start();
                await world.OrderAsync(new Errand("one", TimeSpan.FromMilliseconds(20)), "errand");
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("errand")).Status);
                await world.RewindAsync("errand");
                var end = await world.EndOfAsync("errand");
                Assert.Equal((InstanceStatus.Completed, null), (end.Status, end.Fault));
                Assert.All(end.Steps, s => Assert.Null(s.Fault));
                Assert.Equal(2, world.Oracle.Asked("one"));
                Assert.Equal(4, (await world.DeedsAsync()).Count);
                Assert.Equal(1, await world.CountAsync("history WHERE generation = 0 AND kind = 'TaskFailed'"));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task All_that_failed_side_by_side_is_done_again_and_nothing_else(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.Store.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO things VALUES ('3'), ('5')"));
                await world.OrderAsync(new FanOut(8), "fan");
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("fan")).Status);
                await world.Store.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM things WHERE name IN ('3', '5')"));
                await world.RewindAsync("fan");
                Assert.Equal("8", (await world.EndOfAsync("fan")).Output);
                Assert.Equal(8, (await world.DeedsAsync()).Count);
            }
        );

    [Theory, EachWorld]
    public Task Ids_and_events_are_those_it_had_and_what_was_open_is_awaited_again(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("sea", (n, _) => n < 3 ? throw Missing : Task.FromResult("gold"));
                world.Start();
                await world.OrderAsync(new Venture("sea"), "venture");
                await world.RaiseAsync("venture", "word", "go", "1");
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("venture")).Status);
                await world.RewindAsync("venture");
                // Fails once more: a rewound run can be rewound.
                await world.WhenAsync(
                    "venture",
                    s => s.Status == InstanceStatus.Failed && world.Oracle.Asked("sea") == 2
                );
                await world.RewindAsync("venture");
                await world.UntilAsync(async () => (await world.ThingsAsync()).Count == 2);
                if (kind == WorldKind.Simulated)
                    Assert.Equal("\"go gold\"", (await world.EndOfAsync("venture")).Output);
                Assert.Equal(2, (await world.ThingsAsync()).Distinct().Count());
                Assert.Equal(3, world.Oracle.Asked("sea"));
            }
        );

    [Theory, EachWorld]
    public Task A_failure_that_the_code_had_dealt_with_is_left_as_it_was(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("a", (_, _) => throw Missing);
                world.Oracle.On("b", (n, _) => n == 1 ? throw Missing : Task.FromResult("found"));
                world.Start();
                await world.OrderAsync(new Fallback("a", "b"), "fallback");
                await world.EndOfAsync("fallback");
                await world.RewindAsync("fallback");
                Assert.Equal("\"found\"", (await world.EndOfAsync("fallback")).Output);
                Assert.Equal((1, 2), (world.Oracle.Asked("a"), world.Oracle.Asked("b")));
                Assert.Equal(["take instead"], await world.DeedsAsync());
            }
        );

    [Theory, EachWorld]
    public Task What_was_terminated_goes_on_where_it_stood(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var answer = new TaskCompletionSource<string>();
                world.Oracle.On("one", (_, _) => answer.Task);
                world.Start();
                await world.OrderAsync(new Errand("one", TimeSpan.FromMilliseconds(20)), "errand");
                await world.UntilAsync(() => Task.FromResult(world.Oracle.Asked("one") == 1));
                await world.SuspendAsync("errand");
                answer.SetResult("done");
                await world.UntilAsync(async () => await world.CountAsync("tasks") == 0);
                await world.TerminateAsync("errand");
                await world.RewindAsync("errand");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("errand")).Status);
                // Its result came unread, and is not asked for again.
                Assert.Equal(1, world.Oracle.Asked("one"));
                Assert.Equal(4, (await world.DeedsAsync()).Count);
            }
        );

    [Theory, EachWorld]
    public Task A_terminated_saga_goes_on_under_a_higher_fence(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = InterruptionTests.Endless("Ensure guest a");
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 3));
                await world.TerminateAsync("build");
                world.Host.Before = (_, _) => Task.CompletedTask;
                await world.RewindAsync("build");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
                Assert.Equal(4, world.Host.Orders.Count);
                Assert.True(world.Host.Orders[3].Epoch > world.Host.Orders[2].Epoch);
                Assert.Equal(5, (await world.ThingsAsync()).Count);
                await world.OrderAsync(new Remove("a", world.Host.Id), "remove");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("remove")).Status);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_saga_that_has_undone_itself_begins_anew_when_its_resource_is_free(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = (order, _) =>
                    order.Input.Contains("guest") && order.Name == nameof(Ensure) ? throw Missing : Task.CompletedTask;
                world.Start();
                await SagaTests.BuildAsync(world);
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("build")).Status);
                Assert.Empty(await world.ThingsAsync());

                world.Host.Before = InterruptionTests.Endless("Ensure guest a");
                await world.OrderAsync(new Build("a", world.Host.Id), "another");
                var busy = await Assert.ThrowsAsync<Fault>(() => world.RewindAsync("build"));
                Assert.Equal(FaultCode.Conflict, busy.Code);
                await world.CancelAsync("another");
                await world.EndOfAsync("another");

                world.Host.Before = (_, _) => Task.CompletedTask;
                await world.RewindAsync("build");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
                Assert.Equal(5, (await world.ThingsAsync()).Count);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task What_did_not_fail_cannot_be_rewound_and_two_rewinds_are_one(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (n, _) => n == 1 ? throw Missing : Task.FromResult("because"));
                world.Start();
                await world.OrderAsync(new Chain(1), "chain");
                await world.EndOfAsync("chain");
                await world.OrderAsync(new Borrow("book"), "borrow");
                await world.CancelAsync("borrow");
                await world.EndOfAsync("borrow");
                foreach (
                    var (id, code) in new[]
                    {
                        ("chain", FaultCode.Conflict),
                        ("borrow", FaultCode.Conflict),
                        ("unknown", FaultCode.NotFound),
                    }
                )
                    Assert.Equal(code, (await Assert.ThrowsAsync<Fault>(() => world.RewindAsync(id))).Code);

                await world.OrderAsync(new Question("why"), "question");
                await world.EndOfAsync("question");
                var both = new[] { TryAsync(world, "question"), TryAsync(world, "question") };
                Assert.Single(await Task.WhenAll(both), done => done);
                Assert.Equal("\"because\"", (await world.EndOfAsync("question")).Output);
                Assert.Equal(2, world.Oracle.Asked("why"));
            }
        );

    [Fact]
    public Task A_late_run_gets_its_time_again() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Venture("sea"), "venture");
                Assert.Equal(FaultCode.Timeout, (await world.EndOfAsync("venture")).Fault!.Code);
                await world.RewindAsync("venture");
                await world.RaiseAsync("venture", "word", "go", "1");
                Assert.Equal("\"go sea\"", (await world.EndOfAsync("venture")).Output);
                Assert.Equal(2, (await world.DeedsAsync()).Count);
            }
        );

    [Theory]
    [InlineData(EnginePoint.BeforeCommit)]
    [InlineData(EnginePoint.AfterCommit)]
    [InlineData(EnginePoint.BeforeStep)]
    [InlineData(EnginePoint.AfterStep)]
    public Task A_rewound_run_survives_a_death(EnginePoint point) =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Oracle.On("one", (n, _) => n == 1 ? throw Missing : Task.FromResult("found"));
                world.Start();
                await world.OrderAsync(new Errand("one", TimeSpan.FromMilliseconds(20)), "errand");
                await world.EndOfAsync("errand");
                await world.StopAsync();
                var name = point is EnginePoint.BeforeCommit or EnginePoint.AfterCommit ? nameof(Errand) : nameof(Ask);
                world.Start(f => f.KillAt(point, name));
                await world.RewindAsync("errand");
                await world.ReviveAsync();
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("errand")).Status);
                Assert.Equal(4, (await world.DeedsAsync()).Count);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    private static async Task<bool> TryAsync(World world, string id)
    {
        try
        {
            await world.RewindAsync(id);
            return true;
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return false;
        }
    }
}
