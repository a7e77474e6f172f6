using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class LifeTests
{
    [Fact]
    public Task A_stopped_engine_leaves_nothing_running() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                for (var i = 0; i < 5; i++)
                    await world.OrderAsync(new Nap(TimeSpan.FromHours(i + 1)), $"nap{i}");
                // Between two polls: an alarm that rings at this very moment would still be ready.
                await Task.Delay(TimeSpan.FromSeconds(62), world.Time, CancellationToken.None);
                await world.StopAsync();
                Assert.Equal(0, world.Simulation!.Alive);
            }
        );

    [Theory, EachWorld]
    public Task A_local_step_is_interrupted_by_a_stop_and_done_after_the_next_start(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On(
                    "why",
                    (n, ct) => n == 1 ? InterruptionTests.EndlessAsync(ct) : Task.FromResult("because")
                );
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                await world.UntilAsync(() => Task.FromResult(world.Oracle.Asked("why") == 1));
                await world.StopAsync();
                world.Start();
                var end = await world.EndOfAsync("question");
                Assert.Equal(("\"because\"", 1), (end.Output, end.Steps.Single().Attempt));
                Assert.Empty(world.Log.Errors);
            }
        );

    [Theory, EachWorld]
    public Task A_full_day_of_long_local_steps_does_not_hold_up_the_short_ones(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("long", (_, ct) => InterruptionTests.EndlessAsync(ct));
                world.Start();
                for (var i = 0; i < 2 * world.Options.Activities; i++)
                    await world.OrderAsync(new Question("long"), $"long{i}");
                await world.OrderAsync(new Chain(3), "chain");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
                await world.UntilAsync(() => Task.FromResult(world.Oracle.Asked("long") >= world.Options.Activities));
                Assert.Equal(world.Options.Activities, world.Oracle.Asked("long"));
            }
        );

    [Fact]
    public Task Work_whose_hint_was_lost_is_found_by_the_poll() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                var deaf = world.Now.NewParts();
                await world.Store.WriteAsync(tx =>
                    new DurableTaskClient(world.Store, deaf).StartAsync(tx, new Chain(1), new("chain"))
                );
                var end = await world.EndOfAsync("chain");
                Assert.InRange((end.CompletedAt!.Value - end.CreatedAt).TotalSeconds, 0, 5);
            }
        );

    [Fact]
    public Task An_id_is_used_once_and_has_no_slash() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Chain(1), "chain");
                var fault = await Assert.ThrowsAsync<Fault>(() => world.OrderAsync(new Chain(1), "chain"));
                Assert.Equal(FaultCode.Conflict, fault.Code);
                await Assert.ThrowsAsync<ArgumentException>(() => world.OrderAsync(new Chain(1), "a/b"));
            }
        );

    [Fact]
    public Task A_resources_orchestrations_are_listed_with_their_steps() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.EndOfAsync("build");
                await world.OrderAsync(new Remove("a", world.Host.Id), "remove");
                await world.EndOfAsync("remove");
                var all = await world.Store.ReadAsync(tx => world.Now.Client.ListAsync(tx, "server/a"));
                Assert.Equal(["build", "remove"], all.Select(s => s.Id));
                Assert.Equal(
                    ["Take", "Take", "Ask", "Ensure", "Ensure", "Ensure", "Show"],
                    all[0].Steps.Select(s => s.Name)
                );
                Assert.All(all[0].Steps, s => Assert.NotNull(s.EndedAt));
            }
        );
}
