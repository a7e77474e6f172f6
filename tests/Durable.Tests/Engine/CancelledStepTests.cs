using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class CancelledStepTests
{
    [Theory, EachWorld]
    public Task The_loser_of_a_race_really_ends(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var (begun, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
                Script(world, begun);
                world.Oracle.On("slow", (_, ct) => UntilStoppedAsync(begun, stopped, ct));
                world.Start();
                await world.OrderAsync(new Race(), "race");
                Assert.Equal("\"fast, Cancelled\"", (await world.EndOfAsync("race")).Output);
                Assert.True(stopped.Task.IsCompleted);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task Also_on_a_host(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var (begun, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
                Script(world, begun);
                world.Host.Before = (_, ct) => UntilStoppedAsync(begun, stopped, ct);
                world.Start();
                await world.OrderAsync(new Race(world.Host.Id), "race");
                Assert.Equal("\"fast, Cancelled\"", (await world.EndOfAsync("race")).Output);
                Assert.True(stopped.Task.IsCompleted);
                Assert.Empty(await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task What_is_cancelled_before_it_is_asked_for_is_not_begun(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Race(Early: true), "race");
                Assert.Equal("\"fast, Cancelled\"", (await world.EndOfAsync("race")).Output);
                Assert.Equal(0, world.Oracle.Asked("slow"));
            }
        );

    [Fact]
    public void Killed_at_any_point_a_race_ends_as_it_would_have()
    {
        foreach (var point in new[] { EnginePoint.BeforeCommit, EnginePoint.AfterCommit })
            for (var nth = 1; nth <= 3; nth++)
                Run.Simulated(
                    nth,
                    async world =>
                    {
                        world.Oracle.On("slow", (_, ct) => UntilStoppedAsync(new(), new(), ct));
                        world.Start(f => f.KillAt(point, nameof(Race), nth));
                        await world.Store.WriteAsync(tx =>
                            world.Now.Client.StartAsync(tx, new Race(), new StartOptions("race"))
                        );
                        await world.ReviveAsync();
                        Assert.Equal("\"fast, Cancelled\"", (await world.EndOfAsync("race")).Output);
                        Assert.Empty(await world.UnansweredAsync());
                    }
                );
    }

    /// <summary>The winner answers when the loser has begun.</summary>
    private static void Script(World world, TaskCompletionSource begun) =>
        world.Oracle.On(
            "fast",
            async (_, _) =>
            {
                await begun.Task;
                return "fast";
            }
        );

    private static async Task<string> UntilStoppedAsync(
        TaskCompletionSource begun,
        TaskCompletionSource stopped,
        CancellationToken ct
    )
    {
        var end = new TaskCompletionSource();
        await using var cut = ct.Register(() => end.TrySetResult());
        begun.TrySetResult();
        await end.Task;
        stopped.TrySetResult();
        ct.ThrowIfCancellationRequested();
        return "";
    }
}
