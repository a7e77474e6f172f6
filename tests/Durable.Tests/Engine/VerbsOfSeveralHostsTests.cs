using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>Verbs given to one functions host for an instance that another one runs, alive or dead.</summary>
public sealed class VerbsOfSeveralHostsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task A_terminate_stops_a_step_that_runs_elsewhere(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                var stopped = new TaskCompletionSource();
                world.Oracle.On(
                    "why",
                    async (_, ct) =>
                    {
                        using var told = ct.Register(() => stopped.TrySetResult());
                        await stopped.Task;
                        throw new OperationCanceledException(ct);
                    }
                );
                await StartAsync(world.Now, new Question("why"), "question");
                await world.UntilAsync(() => Task.FromResult(world.Oracle.Asked("why") == 1));
                Assert.True(
                    await other.Db.WriteAsync(tx => other.Client.TerminateInstanceAsync(tx, "question", "enough"))
                );
                await stopped.Task;
                Assert.Equal(InstanceStatus.Terminated, (await world.StateAsync("question"))!.Status);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task What_a_dead_host_ran_is_terminated_before_its_lease_ends_and_the_next_begins(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                world.Host.Before = InterruptionTests.Endless("Ensure guest a");
                await StartAsync(world.Now, new Build("a", world.Host.Id), "build");
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 3));
                await world.KillAsync();
                Assert.True(
                    await other.Db.WriteAsync(tx => other.Client.TerminateInstanceAsync(tx, "build", "enough"))
                );
                await StartAsync(other, new Remove("a", world.Host.Id), "remove");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("remove")).Status);
                Assert.Equal(InstanceStatus.Terminated, (await world.StateAsync("build"))!.Status);
                Assert.Empty(await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task It_is_suspended_and_resumed_through_another_host_without_a_poll(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                await StartAsync(world.Now, new Letters(TimeSpan.FromHours(20)), "letters");
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 1);
                await other.Db.WriteAsync(tx => other.Client.SuspendInstanceAsync(tx, "letters", "a look"));
                foreach (var letter in new[] { "a", "b" })
                    await other.Db.WriteAsync(tx =>
                        other.Client.RaiseEventAsync(tx, "letters", "letter", letter, letter)
                    );
                Assert.Equal(InstanceStatus.Suspended, (await world.StateAsync("letters"))!.Status);
                var resumed = world.Time.GetUtcNow();
                await other.Db.WriteAsync(tx => other.Client.ResumeInstanceAsync(tx, "letters", "seen"));
                Assert.Equal("\"a, b\"", (await world.EndOfAsync("letters")).Output);
                Assert.True(world.Time.GetUtcNow() - resumed < world.Options.Poll);
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task What_failed_on_a_host_that_is_gone_is_rewound_on_another(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                world.Oracle.On(
                    "one",
                    (n, _) => n == 1 ? throw new Fault(FaultCode.NotFound, "no") : Task.FromResult("1")
                );
                await StartAsync(world.Now, new Errand("one", TimeSpan.FromMilliseconds(20)), "errand");
                await world.EndOfAsync("errand");
                await world.KillAsync();
                await other.Db.WriteAsync(tx => other.Client.RewindInstanceAsync(tx, "errand", "repaired"));
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("errand")).Status);
                Assert.Equal(4, (await world.DeedsAsync()).Count);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task What_is_blocked_goes_on_at_the_host_that_has_its_code(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Lease = Lease;
                var old = world.Start(code: TestCode.Without(typeof(TakeHandler)));
                await UntilLeasedAsync(world, old);
                await StartAsync(old, new Chain(2), "chain");
                await world.WhenAsync("chain", s => s.Blocked is not null);
                var without = world.StartBeside(code: TestCode.Without(typeof(TakeHandler)));
                await UntilLeasedAsync(world, without);
                Assert.NotNull((await world.StateAsync("chain"))!.Blocked);
                world.StartBeside();
                var end = await world.EndOfAsync("chain");
                Assert.Equal((InstanceStatus.Completed, null), (end.Status, end.Blocked));
                Assert.Equal(2, (await world.DeedsAsync()).Count);
            }
        );

    [Fact]
    public Task What_is_blocked_later_finds_the_host_that_has_its_code_and_what_was_given_up_does_not() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Lease = Lease;
                var old = world.Start(code: TestCode.Without(typeof(TakeHandler)));
                var other = world.StartBeside();
                await UntilLeasedAsync(world, old);
                await UntilLeasedAsync(world, other);
                old.Parts.Probe = (point, instance, _) =>
                    point == EnginePoint.BeforeCommit && instance == "given up"
                        ? throw new InvalidOperationException("broken")
                        : ValueTask.CompletedTask;
                await StartAsync(old, new Nap(TimeSpan.FromMinutes(1)), "given up");
                await StartAsync(old, new Chain(2), "chain");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
                await Task.Delay(TimeSpan.FromMinutes(10), world.Time, CancellationToken.None);
                Assert.NotNull((await world.StateAsync("given up"))!.Blocked);
                Assert.DoesNotContain(other.Faults.Passed, p => p.Instance == "given up");
            }
        );

    private static Task InAsync(WorldKind kind, Func<World, FunctionsHost, Task> story) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Lease = Lease;
                world.Options = world.Options with { Poll = TimeSpan.FromMinutes(1) };
                await UntilLeasedAsync(world, world.Start());
                var other = world.StartBeside();
                await UntilLeasedAsync(world, other);
                await story(world, other);
            }
        );

    private static Task UntilLeasedAsync(World world, FunctionsHost host) =>
        world.UntilAsync(() => Task.FromResult(host.Parts.Owner is not null));

    private static Task StartAsync<T>(FunctionsHost host, IOrchestration<T> order, string id) =>
        host.Db.WriteAsync(tx => host.Client.StartAsync(tx, order, new(id, RequestId: "req-1")));
}
