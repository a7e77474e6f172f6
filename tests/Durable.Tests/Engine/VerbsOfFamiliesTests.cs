using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>Operators' verbs, and the orchestrations that others called.</summary>
public sealed class VerbsOfFamiliesTests
{
    private static readonly Fault Missing = new(FaultCode.NotFound, "no such thing");

    [Theory, EachWorld]
    public Task A_called_one_that_failed_is_rewound_with_its_caller(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("sea", (n, _) => n < 3 ? throw Missing : Task.FromResult("gold"));
                world.Start();
                await world.OrderAsync(new Inquiry("sea", "asked"), "inquiry");
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("inquiry")).Status);
                await world.RewindAsync("inquiry");
                await world.WhenAsync(
                    "inquiry",
                    s => s.Status == InstanceStatus.Failed && world.Oracle.Asked("sea") == 2
                );
                await world.RewindAsync("inquiry");
                await world.WhenAsync("inquiry", s => s.Status == InstanceStatus.Completed);
                Assert.Equal("\"gold\"", (await world.EndOfAsync("inquiry")).Output);
                Assert.Equal("\"gold\"", (await world.EndOfAsync("asked")).Output);
                Assert.Equal(3, world.Oracle.Asked("sea"));
                Assert.Equal(["sea"], await world.ThingsAsync());
                Assert.Equal(2, await world.CountAsync("instances"));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task One_that_is_terminated_lets_those_it_called_undo_what_they_did(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Family([new("a", "wait"), new("b", "wait")]), "family");
                await world.UntilAsync(async () => (await world.ThingsAsync()).Count == 2);
                Assert.True(await world.TerminateAsync("family"));
                await world.UntilAsync(async () => await world.CountAsync("instances WHERE completed_at IS NULL") == 0);
                Assert.Equal(2, await world.CountAsync("instances WHERE status = 'Canceled'"));
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Theory, EachWorld]
    public Task One_that_is_terminated_with_those_it_called_ends_all_of_them_at_once(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Family([new("a", "wait"), new("b", "wait")]), "family");
                await world.UntilAsync(async () => (await world.ThingsAsync()).Count == 2);
                await world.Now.Db.WriteAsync(tx =>
                    world.Now.Client.TerminateInstanceAsync(tx, "family", "enough", recursive: true)
                );
                Assert.Equal(3, await world.CountAsync("instances WHERE status = 'Terminated'"));
                Assert.Equal(0, await world.CountAsync("inbox") + await world.CountAsync("tasks"));
                Assert.Equal(2, (await world.ThingsAsync()).Count);
            }
        );

    [Theory, EachWorld]
    public Task What_is_purged_takes_those_it_called_along(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Family([new("a"), new("b", "fail")]), "family");
                await world.EndOfAsync("family");
                Assert.True(await world.Now.Db.WriteAsync(tx => world.Now.Client.PurgeInstanceAsync(tx, "family")));
                Assert.Equal(0, await world.CountAsync("instances") + await world.CountAsync("history"));
            }
        );
}
