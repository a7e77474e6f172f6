using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class EventTests
{
    [Theory, EachWorld]
    public Task An_event_that_comes_before_it_is_asked_for_waits(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start(code: TestCode.With(typeof(Variants.AsRecorded)));
                await world.Store.WriteAsync(async tx =>
                {
                    await world.Now.Client.StartAsync(tx, new Trip(), new("trip"));
                    await world.Now.Client.RaiseEventAsync(tx, "trip", "WORD", "early", "1");
                });
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("trip")).Status);
            }
        );

    [Theory, EachWorld]
    public Task Events_are_taken_in_order_one_by_each_wait(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromHours(1)), "letters");
                await world.RaiseAsync("letters", "other", "x", "0");
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.RaiseAsync("letters", "letter", "b", "2");
                Assert.Equal("\"a, b\"", (await world.EndOfAsync("letters")).Output);
                Assert.Equal(0, await world.CountAsync("mailbox") + await world.CountAsync("inbox"));
            }
        );

    [Theory, EachWorld]
    public Task The_same_event_twice_is_taken_once_also_after_it_was_taken(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromHours(1)), "letters");
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.UntilAsync(async () => await world.CountAsync("mailbox WHERE taken = 1") == 1);
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.RaiseAsync("letters", "letter", "b", "2");
                Assert.Equal("\"a, b\"", (await world.EndOfAsync("letters")).Output);
            }
        );

    [Theory, EachWorld]
    public Task A_wait_that_was_given_up_takes_no_event(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromMilliseconds(30)), "letters");
                await world.UntilAsync(async () => await world.CountAsync("history WHERE kind = 'TimerFired'") == 1);
                await world.RaiseAsync("letters", "letter", "late", "1");
                Assert.Equal("\"none, late\"", (await world.EndOfAsync("letters")).Output);
            }
        );

    [Theory, EachWorld]
    public Task Nobody_to_hear_an_event_is_an_error(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Chain(1), "chain");
                await world.EndOfAsync("chain");
                foreach (var id in new[] { "chain", "unknown" })
                {
                    var fault = await Assert.ThrowsAsync<Fault>(() => world.RaiseAsync(id, "letter", "a", "1"));
                    Assert.Equal(FaultCode.NotFound, fault.Code);
                }
                Assert.Equal(0, await world.CountAsync("mailbox") + await world.CountAsync("inbox"));
            }
        );

    [Fact]
    public Task An_event_nobody_waits_for_leaves_no_trace_in_the_history() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromHours(1)), "letters");
                await world.UntilAsync(async () => await world.CountAsync("history") > 0);
                var before = await world.CountAsync("history");
                for (var i = 0; i < 10; i++)
                    await world.RaiseAsync("letters", "unheard", "x", $"{i}");
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'Nudge'") == 0);
                Assert.Equal(before, await world.CountAsync("history"));
            }
        );
}
