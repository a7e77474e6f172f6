using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>An id that is used again after its instance has ended.</summary>
public sealed class RecreateTests
{
    [Theory, EachWorld]
    public Task However_it_ended_its_id_can_be_used_again(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Chain(1), "completed");
                await world.OrderAsync(new Broken("x"), "failed");
                await world.OrderAsync(new Nap(TimeSpan.FromHours(1)), "terminated");
                await world.OrderAsync(new Nap(TimeSpan.FromHours(1)), "canceled");
                await world.TerminateAsync("terminated");
                await world.CancelAsync("canceled");
                foreach (var id in new[] { "completed", "failed", "terminated", "canceled" })
                {
                    Assert.Equal(id, (await world.EndOfAsync(id)).Status, ignoreCase: true);
                    Assert.True(await ReplaceAsync(world, new Question(id), id));
                    var end = await world.EndOfAsync(id);
                    Assert.Equal((InstanceStatus.Completed, $"\"{id}\"", null), (end.Status, end.Output, end.Fault));
                    Assert.Equal("Ask", Assert.Single(end.Steps).Name);
                }
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task Events_raised_while_it_is_replaced_are_taken_once_or_refused(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromHours(1)), "it");
                for (var round = 1; round <= 10; round++)
                {
                    var raised = Enumerable.Range(0, 8).Select(i => TryRaiseAsync(world, $"{round}.{i}")).ToList();
                    var replaced = TryReplaceAsync(world);
                    await Task.WhenAll([.. raised, replaced]);
                }
                // Two letters end each of them; whoever is last in line waits for as many as it lacks.
                for (var i = 0; i < 2; i++)
                    await TryRaiseAsync(world, $"last.{i}");
                var letters = (await world.EndOfAsync("it")).Output!.Trim('"').Split(", ");
                Assert.Equal(2, letters.Distinct().Count());
                // What was raised while it ended is swept away behind it.
                await world.UntilAsync(async () => (await world.UnansweredAsync()).Count == 0);
                await world.UntilAsync(async () => await world.CountAsync("mailbox") == 0);
            }
        );

    [Theory, EachWorld]
    public Task What_is_swept_away_behind_an_ended_one_is_not_its_successors(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Chain(1), "it");
                await world.EndOfAsync("it");
                await ReplaceAsync(world, new Letters(TimeSpan.FromHours(1)), "it");
                await world.WhenAsync("it", s => s.Status == InstanceStatus.Running);
                await world.StopAsync();
                await world.RaiseAsync("it", "letter", "a", "1");
                // Whoever saw the first one ended comes to sweep only now.
                await world.Store.WriteAsync(tx => tx.DropWaitsOfEndedAsync("it"));
                Assert.Equal(1, await world.CountAsync("inbox WHERE kind = 'DeadlineReached'"));
                world.Start();
                await world.RaiseAsync("it", "letter", "b", "2");
                Assert.Equal("\"a, b\"", (await world.EndOfAsync("it")).Output);
            }
        );

    private static Task<bool> ReplaceAsync<T>(World world, IOrchestration<T> order, string id) =>
        world.Now.Db.WriteAsync(tx =>
            world.Now.Client.StartAsync(tx, order, new(id, IfExists: IdReuse.ReplaceIfTerminal))
        );

    private static Task<bool> TryReplaceAsync(World world) =>
        OrFalseAsync(() => ReplaceAsync(world, new Letters(TimeSpan.FromHours(1)), "it"), FaultCode.Conflict);

    private static Task<bool> TryRaiseAsync(World world, string letter) =>
        OrFalseAsync(
            async () =>
            {
                await world.RaiseAsync("it", "letter", letter, letter);
                return true;
            },
            FaultCode.NotFound
        );

    private static async Task<bool> OrFalseAsync(Func<Task<bool>> call, FaultCode expected)
    {
        try
        {
            return await call();
        }
        catch (Fault fault) when (fault.Code == expected)
        {
            return false;
        }
    }
}
