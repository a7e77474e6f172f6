using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>Steps and turns that kill the process: given up after some deaths, and nothing beside them is.</summary>
public sealed class PoisonTests
{
    private const int Most = 3;

    [Fact]
    public Task A_step_that_kills_its_process_fails_with_that_cause_and_can_be_put_back() =>
        InAsync(async world =>
        {
            await DieAsync(
                world,
                EnginePoint.BeforeStep,
                nameof(Ask),
                () => world.OrderAsync(new Question("why"), "q")
            );
            var end = await world.EndOfAsync("q");
            Assert.Equal((InstanceStatus.Failed, FaultCode.Internal), (end.Status, end.Fault!.Code));
            Assert.Equal($"Ask was given up: {Most} functions hosts died of it", end.Fault.Message);
            Assert.Equal(0, world.Oracle.Asked("why"));
            var letter = Assert.Single(await world.DeadLettersAsync());
            Assert.Equal((DeadLetterKind.Step, "q", nameof(Ask)), (letter.Kind, letter.InstanceId, letter.Name));
            Assert.Equal(end.Fault, letter.Fault);

            await world.ReplayAsync(letter.Id);
            Assert.Equal("\"why\"", (await world.EndOfAsync("q")).Output);
            Assert.Empty(await world.DeadLettersAsync());
            await Assert.ThrowsAsync<Fault>(() => world.ReplayAsync(letter.Id));
            Assert.Empty(await world.UnansweredAsync());
        });

    [Fact]
    public Task A_saga_undoes_itself_after_it() =>
        InAsync(async world =>
        {
            await DieAsync(world, EnginePoint.BeforeStep, nameof(Ask), () => SagaTests.BuildAsync(world));
            Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("build")).Status);
            Assert.Empty(await world.ThingsAsync());
            await world.ReplayAsync(Assert.Single(await world.DeadLettersAsync()).Id);
            Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
        });

    [Fact]
    public Task A_step_whose_failure_nobody_looked_at_is_put_back_as_if_nothing_had_been() =>
        InAsync(async world =>
        {
            await DieAsync(
                world,
                EnginePoint.BeforeStep,
                nameof(Ask),
                async () =>
                {
                    await world.OrderAsync(new Question("why"), "q");
                    await world.Now.Died;
                    var client = new DurableTaskClient(world.Store, world.Now.NewParts());
                    await world.Store.WriteAsync(tx => client.SuspendInstanceAsync(tx, "q", "a look at it"));
                }
            );
            await world.UntilAsync(async () => (await world.DeadLettersAsync()).Count == 1);
            await world.ReplayAsync(Assert.Single(await world.DeadLettersAsync()).Id);
            await world.ResumeAsync("q");
            var end = await world.EndOfAsync("q");
            Assert.Equal((InstanceStatus.Completed, 1), (end.Status, Assert.Single(end.Steps).Attempt));
        });

    [Fact]
    public void Those_that_die_beside_it_are_not_held_guilty()
    {
        for (var seed = 1; seed <= 30; seed++)
            Run.Simulated(
                seed,
                async world =>
                {
                    world.Options = world.Options with { MaxDeaths = Most };
                    var deaths = 0;
                    var died = new TaskCompletionSource();
                    world.Oracle.On(
                        "killer",
                        async (_, _) =>
                        {
                            await Task.Delay(TimeSpan.FromMilliseconds(500), world.Time, CancellationToken.None);
                            world.Now.Db.Sever();
                            deaths++;
                            died.TrySetResult();
                            throw new Pipeline.Data.ProcessDiedException();
                        }
                    );
                    for (var i = 0; i < 9; i++)
                        world.Oracle.On(
                            $"{i}",
                            async (_, ct) =>
                            {
                                await Task.Delay(TimeSpan.FromSeconds(1), world.Time, ct);
                                return "fine";
                            }
                        );
                    world.Start();
                    await Task.Delay(TimeSpan.FromSeconds(1), world.Time, CancellationToken.None);
                    for (var i = 0; i < 9; i++)
                        await world.OrderAsync(new Question(i == seed % 9 ? "killer" : $"{i}"), $"q{i}");
                    while (deaths <= Most)
                    {
                        await died.Task;
                        died = new();
                        await world.KillAsync();
                        world.Start();
                    }
                    for (var i = 0; i < 9; i++)
                        Assert.Equal(
                            i == seed % 9 ? InstanceStatus.Failed : InstanceStatus.Completed,
                            (await world.EndOfAsync($"q{i}")).Status
                        );
                    Assert.Equal($"q{seed % 9}", Assert.Single(await world.DeadLettersAsync()).InstanceId);
                }
            );
    }

    [Theory, EachWorld]
    public Task A_stop_in_good_order_is_no_death(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var asked = 0;
                world.Options = world.Options with { MaxDeaths = 1 };
                world.Oracle.On(
                    "why",
                    (n, ct) => (asked = n) <= 4 ? InterruptionTests.EndlessAsync(ct) : Task.FromResult("so")
                );
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                for (var life = 1; life <= 4; life++)
                {
                    await world.UntilAsync(() => Task.FromResult(asked == life));
                    await world.StopAsync();
                    Assert.Equal(0, await world.CountAsync("tasks WHERE starts <> 0"));
                    world.Start();
                }
                Assert.Equal("\"so\"", (await world.EndOfAsync("question")).Output);
            }
        );

    [Theory]
    [InlineData(EnginePoint.BeforeCommit, nameof(Chain))]
    [InlineData(EnginePoint.BeforeStep, nameof(Take))]
    public Task A_turn_that_kills_its_process_is_parked_until_it_is_put_back(EnginePoint point, string name) =>
        InAsync(async world =>
        {
            await DieAsync(world, point, name, () => world.OrderAsync(new Chain(2), "chain"));
            var parked = await world.WhenAsync("chain", s => s.Blocked is not null);
            Assert.Equal(
                (InstanceStatus.Suspended, $"{Most} functions hosts died in this turn"),
                (parked.Status, parked.Blocked!.Reason)
            );
            await Task.Delay(TimeSpan.FromMinutes(30), world.Time, CancellationToken.None);
            Assert.Empty((await world.StateAsync("chain"))!.Steps);
            var letter = Assert.Single(await world.DeadLettersAsync());
            Assert.Equal((DeadLetterKind.Turn, "chain", nameof(Chain)), (letter.Kind, letter.Subject, letter.Name));

            await world.ReplayAsync(letter.Id);
            Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
            Assert.Empty(await world.DeadLettersAsync());
            Assert.Equal(2, (await world.DeedsAsync()).Count);
        });

    [Fact]
    public Task What_was_given_up_can_be_terminated() =>
        InAsync(async world =>
        {
            await DieAsync(
                world,
                EnginePoint.BeforeCommit,
                nameof(Chain),
                () => world.OrderAsync(new Chain(2), "chain")
            );
            await world.WhenAsync("chain", s => s.Blocked is not null);
            Assert.True(await world.TerminateAsync("chain"));
            Assert.Empty(await world.DeadLettersAsync());
            Assert.Empty(await world.UnansweredAsync());
        });

    [Fact]
    public Task A_turn_that_cannot_be_written_is_parked_and_goes_on_by_itself_when_it_can() =>
        InAsync(async world =>
        {
            var broken = true;
            var tried = 0;
            var host = world.Start();
            host.Parts.Probe = (point, _, _) =>
                point == EnginePoint.BeforeCommit && broken && ++tried > 0
                    ? throw new InvalidOperationException("no such column: password 'x'")
                    : ValueTask.CompletedTask;
            await world.OrderAsync(new Chain(2), "chain");
            var parked = await world.WhenAsync("chain", s => s.Blocked is not null);
            Assert.Equal("the turn could not be written: InvalidOperationException", parked.Blocked!.Reason);
            Assert.Equal(EpisodeRunner.MaxFailures, tried);
            await Task.Delay(TimeSpan.FromMinutes(10), world.Time, CancellationToken.None);
            Assert.InRange(tried, 13, 17);
            Assert.DoesNotContain("password", Assert.Single(await world.DeadLettersAsync()).ToString());
            broken = false;
            Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
            Assert.Empty(await world.DeadLettersAsync());
        });

    [Theory, EachWorld]
    public Task An_answer_to_an_orchestration_that_nobody_knows_is_kept_and_a_late_one_is_not(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var host = world.Start();
                await SagaTests.BuildAsync(world);
                await world.EndOfAsync("build");
                var late = world.Host.Orders[0].ActivityId;
                await host.Client.AnswerAsync(world.Host.Id, new(late, 1, "{}", null, 0));
                Assert.Empty(await world.DeadLettersAsync());
                for (var i = 0; i < 2; i++)
                    await host.Client.AnswerAsync(world.Host.Id, new("nobody/0/3", 1, "{}", null, 0));
                await host.Client.AnswerAsync(world.Host.Id, new("nobody/0/4", 1, "{}", null, 0));
                var letters = await world.DeadLettersAsync();
                Assert.Equal(["nobody/0/4/1", "nobody/0/3/1"], letters.Select(l => l.Subject));
                var second = await world.Store.ReadAsync(tx => host.Client.ListDeadLettersAsync(tx, letters[0].Id, 1));
                Assert.Equal(letters[1], Assert.Single(second));
                var refused = await Assert.ThrowsAsync<Fault>(() => world.ReplayAsync(letters[0].Id));
                Assert.Equal(FaultCode.Conflict, refused.Code);
                foreach (var expected in new[] { true, false })
                    Assert.Equal(
                        expected,
                        await world.Store.WriteAsync(tx => host.Client.DiscardDeadLetterAsync(tx, letters[0].Id))
                    );
                Assert.Single(await world.DeadLettersAsync());
            }
        );

    private static Task InAsync(Func<World, Task> story) =>
        Run.InAsync(
            WorldKind.Simulated,
            world =>
            {
                world.Options = world.Options with { MaxDeaths = Most };
                return story(world);
            }
        );

    /// <summary>The first death is not counted, since nothing is written before what is done for the first time.</summary>
    private static async Task DieAsync(World world, EnginePoint point, string name, Func<Task> begin)
    {
        world.Start(f => f.KillAt(point, name));
        await Task.Delay(TimeSpan.FromSeconds(1), world.Time, CancellationToken.None);
        await begin();
        for (var death = 0; death < Most; death++)
            await world.ReviveAsync(f => f.KillAt(point, name));
        await world.ReviveAsync();
    }
}
