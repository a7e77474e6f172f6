using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class RetryTests
{
    private static readonly Fault Busy = new(FaultCode.Unavailable, "busy");

    [Theory, EachWorld]
    public Task However_many_tries_the_history_holds_one_pair_of_events(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (n, _) => n < 3 ? throw Busy : Task.FromResult("because"));
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                var end = await world.EndOfAsync("question");
                Assert.Equal((InstanceStatus.Completed, "\"because\""), (end.Status, end.Output));
                Assert.Equal(3, Assert.Single(end.Steps).Attempt);
                Assert.Equal(2, await world.CountAsync("history WHERE task_id = 0"));
                Assert.True(end.CompletedAt - end.CreatedAt >= TimeSpan.FromMilliseconds(800));
            }
        );

    [Theory, EachWorld]
    public Task The_last_try_gives_its_fault(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (_, _) => throw new Fault(FaultCode.NotFound, "no such thing"));
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                var end = await world.EndOfAsync("question");
                Assert.Equal((InstanceStatus.Failed, FaultCode.NotFound), (end.Status, end.Fault!.Code));
                Assert.Equal((1, FaultCode.NotFound), (end.Steps[0].Attempt, end.Steps[0].Fault!.Code));
            }
        );

    [Fact]
    public Task A_step_that_waits_for_its_next_try_shows_what_the_last_one_failed_with() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Oracle.On("why", (_, _) => throw Busy);
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                var waiting = await world.WhenAsync("question", s => s.Steps is [{ Attempt: 3 }]);
                Assert.Equal(("busy", null), (waiting.Steps[0].Fault!.Message, waiting.Steps[0].EndedAt));
                Assert.Equal(4, (await world.EndOfAsync("question")).Steps[0].Attempt);
            }
        );

    [Theory, EachWorld]
    public Task A_bug_in_a_handler_is_a_fault_that_tells_only_the_log(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (_, _) => throw new InvalidOperationException("the password is x"));
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                var end = await world.EndOfAsync("question");
                Assert.Equal(FaultCode.Internal, end.Fault!.Code);
                Assert.DoesNotContain("password", end.Fault.Message);
                Assert.Contains("the password is x", Assert.Single(world.Log.Errors));
            }
        );

    [Theory, EachWorld]
    public Task A_step_that_fails_in_its_turns_own_commit_is_tried_again_like_any_other(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start(faults => faults.FailAt(nameof(Take), Busy, 2));
                await world.OrderAsync(new Chain(3), "chain");
                var end = await world.EndOfAsync("chain");
                Assert.Equal(InstanceStatus.Completed, end.Status);
                Assert.Equal([1, 2, 1], end.Steps.Select(s => s.Attempt));
                Assert.Equal(["take link-0", "take link-1", "take link-2"], await world.DeedsAsync());
                Assert.True(world.Now.Faults.Reached);
            }
        );

    [Theory, EachWorld]
    public Task A_transactional_step_that_breaks_writes_nothing_and_its_turn_stands(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.Store.WriteAsync(async tx => await tx.ExecuteAsync("INSERT INTO things VALUES ('link-1')"));
                await world.OrderAsync(new Chain(3), "chain");
                var end = await world.EndOfAsync("chain");
                Assert.Equal((InstanceStatus.Failed, FaultCode.Internal), (end.Status, end.Fault!.Code));
                Assert.Equal(["take link-0"], await world.DeedsAsync());
                Assert.Contains("step Take of chain broke", Assert.Single(world.Log.Errors));
                Assert.Equal(2, end.Steps.Count);
            }
        );

    [Theory, EachWorld]
    public Task A_prepared_step_compares_again_in_its_transaction(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await Task.WhenAll(Enumerable.Range(0, 8).Select(i => world.OrderAsync(new Choice(), $"choice{i}")));
                var ends = new List<OrchestrationState>();
                for (var i = 0; i < 8; i++)
                    ends.Add(await world.EndOfAsync($"choice{i}"));
                Assert.Equal(2, ends.Count(e => e.Status == InstanceStatus.Completed));
                Assert.Equal(6, ends.Count(e => e.Fault?.Code == FaultCode.NoValidHost));
                Assert.Equal(["left", "right"], await world.ThingsAsync());
            }
        );

    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 600)]
    [InlineData(3, 1800)]
    [InlineData(4, null)]
    public void Waits_grow_up_to_the_last_try(int attempt, int? milliseconds) =>
        Assert.Equal(milliseconds, RetryPolicy.Default.After(attempt, Busy.Details)?.TotalMilliseconds);

    [Fact]
    public void What_cannot_pass_is_not_tried_again_but_an_undo_always_is()
    {
        var full = new FaultDetails(FaultCode.DiskFull, "full");
        Assert.Null(RetryPolicy.Default.After(1, full));
        Assert.Null(RetryPolicy.Never.After(1, Busy.Details));
        Assert.Equal(TimeSpan.FromSeconds(30), RetryPolicy.UntilDone.After(1_000_000, full));
    }
}
