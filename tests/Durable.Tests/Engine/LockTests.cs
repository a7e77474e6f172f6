using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class LockTests
{
    [Theory, EachWorld]
    public Task One_at_a_time_holds_a_name_and_they_get_it_in_the_order_they_asked(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await HoldAsync(world, "first", "wait", "a");
                for (var i = 0; i < 5; i++)
                {
                    await world.OrderAsync(new Locked($"{i}", ["a"]), $"{i}");
                    await world.UntilAsync(async () => await world.CountAsync("orchestration_locks") == i + 2);
                }
                await world.RaiseAsync("first", "go", "", "1");
                for (var i = 0; i < 5; i++)
                    Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync($"{i}")).Status);
                Assert.Equal(["first", "0", "1", "2", "3", "4"], await ShownAsync(world));
                await LeftNothingAsync(world);
            }
        );

    [Theory, EachWorld]
    public Task Several_names_in_any_order_never_wait_in_a_circle(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                string[][] names =
                [
                    ["a", "b"],
                    ["b", "a"],
                    ["b", "c"],
                    ["c", "a", "a"],
                    ["c", "b", "a"],
                    ["a"],
                ];
                for (var i = 0; i < 18; i++)
                    await world.OrderAsync(
                        new Locked($"{i}", names[i % names.Length], Hold: TimeSpan.FromMilliseconds(i % 3)),
                        $"{i}"
                    );
                for (var i = 0; i < 18; i++)
                    Assert.Equal(
                        $"{i}'s own",
                        (await world.EndOfAsync($"{i}")).Output!.Trim('"').Replace("\\u0027", "'")
                    );
                await LeftNothingAsync(world);
            }
        );

    [Theory, EachWorld]
    public Task However_the_holder_ends_the_next_gets_it(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                foreach (var how in new[] { "wait", "fail", "continue", "nested", "cancel" })
                {
                    await HoldAsync(world, how, how == "cancel" ? "wait" : how, how);
                    await world.OrderAsync(new Locked($"after {how}", [$"{how}-2", how]), $"after {how}");
                    if (how == "cancel")
                        await world.CancelAsync(how);
                    else if (how != "nested")
                        await world.RaiseAsync(how, "go", "", "1");
                    if (how is "cancel" or "nested")
                        await world.Store.WriteAsync(tx =>
                            tx.ExecuteAsync("DELETE FROM things WHERE name = @how", new { how })
                        );
                    await world.WhenAsync($"after {how}", s => s.Steps.Count > 0);
                }
                await world.RaiseAsync("continue", "go", "", "2");
                foreach (var id in new[] { "wait", "fail", "continue", "nested", "cancel" })
                    Assert.True(InstanceStatus.IsTerminal((await world.EndOfAsync(id)).Status));
                await LeftNothingAsync(world);
            }
        );

    [Theory, EachWorld]
    public Task A_second_lock_within_the_first_is_refused_and_says_why(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Locked("it", ["a"], "nested"), "it");
                var end = await world.EndOfAsync("it");
                Assert.Equal((InstanceStatus.Failed, FaultCode.Conflict), (end.Status, end.Fault!.Code));
                Assert.Contains("in one LockAsync", end.Fault.Message);
                await LeftNothingAsync(world);
            }
        );

    [Theory, EachWorld]
    public Task A_wait_that_was_given_up_takes_no_turn(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await HoldAsync(world, "holder", "wait", "a");
                await world.OrderAsync(new Impatient("a"), "impatient");
                Assert.Equal("\"given up\"", (await world.EndOfAsync("impatient")).Output);
                await world.OrderAsync(new Locked("next", ["a"]), "next");
                await world.RaiseAsync("holder", "go", "", "1");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("next")).Status);
                await LeftNothingAsync(world);
            }
        );

    [Theory, EachWorld]
    public Task A_sagas_undo_is_done_under_its_lock(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Guarded("first", "wait"), "first");
                await world.WhenAsync("first", s => s.Steps is [{ EndedAt: not null }]);
                await world.OrderAsync(new Guarded("second"), "second");
                await world.OrderAsync(new Guarded("third", "wait"), "third");
                await world.CancelAsync("third");
                await world.CancelAsync("first");
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("first")).Status);
                // Had its lock gone before its undo, the second could not have taken the thing.
                Assert.Equal(FaultCode.DiskFull, (await world.EndOfAsync("second")).Fault!.Code);
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("third")).Status);
                Assert.Empty(await world.ThingsAsync());
                await LeftNothingAsync(world);
            }
        );

    [Fact]
    public void Killed_at_any_point_no_lock_is_lost_and_none_is_held_twice()
    {
        var points = 0;
        Run.Simulated(1, world => TellAsync(world, null));
        Assert.True(points > 20);
        for (var n = 1; n <= points; n++)
            Run.Simulated(1, world => TellAsync(world, n));

        async Task TellAsync(World world, int? kill)
        {
            world.Start(f => _ = kill is { } nth ? f.KillAt(nth) : f);
            string[][] names =
            [
                ["a", "b"],
                ["b"],
                ["a"],
            ];
            for (var i = 0; i < 3; i++)
            {
                var order = new Locked($"{i}", names[i], Hold: TimeSpan.FromMilliseconds(1));
                await world.Store.WriteAsync(tx => world.Now.Client.StartAsync(tx, order, new StartOptions($"{i}")));
            }
            if (kill is not null)
                await world.ReviveAsync();
            for (var i = 0; i < 3; i++)
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync($"{i}")).Status);
            await LeftNothingAsync(world);
            points = kill is null ? world.Now.Faults.Passed.Count : points;
        }
    }

    [Fact]
    public void A_cancel_at_any_moment_leaves_no_lock_behind()
    {
        for (var seed = 1; seed <= 60; seed++)
            Run.Simulated(
                seed,
                async world =>
                {
                    world.Start();
                    for (var i = 0; i < 4; i++)
                        await world.OrderAsync(new Guarded($"{i}", i % 2 == 0 ? "wait" : ""), $"{i}");
                    for (var i = 0; i < 4; i++)
                        await world.CancelAsync($"{i}");
                    for (var i = 0; i < 4; i++)
                        Assert.True(InstanceStatus.IsTerminal((await world.EndOfAsync($"{i}")).Status));
                    Assert.Empty(await world.ThingsAsync());
                    await LeftNothingAsync(world);
                }
            );
    }

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task A_lock_goes_from_one_functions_host_to_another_also_when_its_holders_host_dies(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Lease = TimeSpan.FromSeconds(2);
                world.Options = world.Options with { Poll = TimeSpan.FromMinutes(10) };
                world.Start();
                var other = world.StartBeside();
                await world.UntilAsync(() =>
                    Task.FromResult(world.Now.Parts.Owner is not null && other.Parts.Owner is not null)
                );
                await HoldAsync(world, "first", "wait", "a");
                await OrderAsync(other, "second");
                await world.UntilAsync(async () => await world.CountAsync("orchestration_locks") == 2);
                await world.OrderAsync(new Locked("third", ["a"]), "third");
                await world.UntilAsync(async () => await world.CountAsync("orchestration_locks") == 3);
                await world.KillAsync();
                await other.Db.WriteAsync(tx => other.Client.RaiseEventAsync(tx, "first", "go", "", "1"));
                foreach (var id in new[] { "first", "second", "third" })
                    Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync(id)).Status);
                Assert.Equal(["first", "second", "third"], await ShownAsync(world));
                await LeftNothingAsync(world);
            }
        );

    [Fact]
    public Task Many_hosts_and_many_names_at_once_on_postgresql() =>
        Run.InAsync(
            WorldKind.Postgres,
            async world =>
            {
                world.Lease = TimeSpan.FromSeconds(30);
                world.Start();
                FunctionsHost[] hosts = [world.Now, world.StartBeside(), world.StartBeside()];
                await world.UntilAsync(() => Task.FromResult(hosts.All(h => h.Parts.Owner is not null)));
                string[][] names =
                [
                    ["a", "b"],
                    ["b", "c"],
                    ["c", "a"],
                    ["c", "b", "a"],
                ];
                var starts = Enumerable
                    .Range(0, 40)
                    .Select(i => OrderAsync(hosts[i % 3], $"{i}", names[i % names.Length]))
                    .ToList();
                foreach (var start in starts)
                    await start;
                for (var i = 0; i < 40; i++)
                    Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync($"{i}")).Status);
                await LeftNothingAsync(world);
            }
        );

    private static async Task HoldAsync(World world, string id, string how, string name)
    {
        await world.OrderAsync(new Locked(id, [name], how), id);
        await world.WhenAsync(id, s => s.Steps is [_, { EndedAt: not null }, ..]);
    }

    private static Task OrderAsync(FunctionsHost host, string id, params string[] names) =>
        host.Db.WriteAsync(tx =>
            host.Client.StartAsync(tx, new Locked(id, names.Length == 0 ? ["a"] : names), new StartOptions(id))
        );

    private static async Task<IEnumerable<string>> ShownAsync(World world) =>
        (await world.DeedsAsync()).Where(d => d.StartsWith("show ")).Select(d => d["show ".Length..]);

    private static async Task LeftNothingAsync(World world)
    {
        await world.UntilAsync(async () => await world.CountAsync("instances WHERE completed_at IS NULL") == 0);
        Assert.Equal(0, await world.CountAsync("orchestration_locks"));
        Assert.Empty(await world.UnansweredAsync());
    }
}
