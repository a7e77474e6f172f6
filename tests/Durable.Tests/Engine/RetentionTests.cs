using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class RetentionTests
{
    [Fact]
    public Task Each_goes_when_its_time_is_over_and_what_runs_stays() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                Shorten(world);
                world.Oracle.On(
                    "b",
                    (n, _) => n == 1 ? throw new Fault(FaultCode.NotFound, "no") : Task.FromResult("b")
                );
                world.Start();
                await world.OrderAsync(new Nap(TimeSpan.FromDays(2)), "runs");
                await world.OrderAsync(new Chain(1), "completed");
                await world.OrderAsync(new Broken("x"), "failed");
                await world.OrderAsync(new Fallback("a", "b"), "own");
                await world.Now.Client.AnswerAsync(world.Host.Id, new("nobody/0/3", 1, "{}", null, 0));
                var large = Payload.Of($"\"{new string('x', 50_000)}\"", "it");
                await world.Store.WriteAsync(async tx => await tx.SavePayloadAsync("nobody", 0, large));
                var message = new DeadMessage("work", "work", "1", [1]);
                await world.Now.Db.WriteAsync(async tx =>
                    await world.Now.Client.BuryMessageAsync(tx, message, new(FaultCode.Internal, "no"))
                );
                foreach (var id in new[] { "completed", "failed", "own" })
                    await world.EndOfAsync(id);
                Assert.Equal(
                    ["completed", "failed", "own", "runs"],
                    await LeftAfterAsync(world, TimeSpan.FromMinutes(50))
                );
                Assert.Equal(["failed", "own", "runs"], await LeftAfterAsync(world, TimeSpan.FromMinutes(25)));
                Assert.Equal(2, (await world.DeadLettersAsync()).Count);
                Assert.Equal(["own", "runs"], await LeftAfterAsync(world, TimeSpan.FromHours(4)));
                Assert.Empty(await world.DeadLettersAsync());
                Assert.Equal(["runs"], await LeftAfterAsync(world, TimeSpan.FromHours(5)));
                Assert.Equal(0, await world.CountAsync("history WHERE instance_id <> 'runs'"));
                Assert.Equal(0, await world.CountAsync("payloads"));
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("runs")).Status);
            }
        );

    [Fact]
    public Task Many_go_in_small_transactions_between_which_others_have_their_turn() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                Shorten(world);
                await PurgeTests.FillAsync(world, 1_000, events: 3);
                world.Start();
                var midst = TimeSpan.FromMinutes(61) + TimeSpan.FromMilliseconds(40);
                await Task.Delay(midst, world.Time, CancellationToken.None);
                Assert.InRange(await world.CountAsync("instances"), 1, 999);
                await world.OrderAsync(new Chain(1), "chain");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
                Assert.InRange(await world.CountAsync("instances"), 2, 999);
                await world.UntilAsync(async () => await world.CountAsync("instances") == 1);
            }
        );

    [Theory, EachWorld]
    public Task Those_with_a_term_of_their_own_are_left_out_of_the_others(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await PurgeTests.FillAsync(world, 5, events: 3);
                var others = await world.Store.WriteAsync(tx =>
                    tx.PurgeAsync(InstanceStatus.Completed, new(), [nameof(Chain), nameof(Nap)])
                );
                Assert.Equal((0, false), others);
                Assert.Equal(
                    (5, false),
                    await world.Store.WriteAsync(tx => tx.PurgeAsync(InstanceStatus.Completed, new(), [nameof(Nap)]))
                );
            }
        );

    private static void Shorten(World world) =>
        world.Options = world.Options with
        {
            Poll = TimeSpan.FromMinutes(7),
            Retention = new() { Completed = TimeSpan.FromHours(1), Failed = TimeSpan.FromHours(3) },
        };

    private static async Task<IReadOnlyList<string>> LeftAfterAsync(World world, TimeSpan time)
    {
        await Task.Delay(time, world.Time, CancellationToken.None);
        return await world.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT id FROM instances ORDER BY id"));
    }
}
