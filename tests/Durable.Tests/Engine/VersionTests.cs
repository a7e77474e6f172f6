using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class VersionTests
{
    private static readonly Type First = typeof(Versions.First);
    private static readonly Type Second = typeof(Versions.Second);

    [Theory, EachWorld]
    public Task Each_instance_runs_on_the_version_it_began_with(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                await BeginAsync(world, "old", First);
                await BeginAsync(world, "new", Second, First);
                await EndAsync(world, "old", "new");
                Assert.Equal(
                    ["new home by ship", "new out by ship", "old home by train", "old out by train"],
                    await ShownAsync(world)
                );
            }
        );

    [Theory, EachWorld]
    public Task Who_continues_as_new_goes_on_with_the_newest(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                await BeginAsync(world, "it", First);
                await world.StopAsync();
                world.Start(code: TestCode.With(First, Second));
                await world.RaiseAsync("it", "word", "again", "1");
                await EndAsync(world, "it");
                Assert.Equal(["it home by ship", "it out by ship", "it out by train"], await ShownAsync(world));
            }
        );

    [Theory, EachWorld]
    public Task A_version_that_is_missing_parks_its_instances_until_it_is_back(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                await BeginAsync(world, "old", First);
                await world.StopAsync();
                world.Start(code: TestCode.With(Second));
                await world.UntilAsync(() =>
                    Task.FromResult(
                        world.Log.Errors.Any(e =>
                            e.Contains("version 1 of Trip is not loaded, and 1 instances run on it, old among them")
                        )
                    )
                );
                await world.RaiseAsync("old", "word", "go", "1");
                var parked = await world.WhenAsync("old", s => s.Blocked is not null);
                Assert.Equal(
                    (InstanceStatus.Suspended, "version 1", "version 2", "version 1 of Trip is not loaded"),
                    (parked.Status, parked.Blocked!.Recorded, parked.Blocked.Replayed, parked.Blocked.Reason)
                );
                await world.OrderAsync(new Trip(), "new");
                await world.WhenAsync("new", s => s.Steps is [{ EndedAt: not null }]);
                await EndAsync(world, "new");
                await world.StopAsync();
                world.Start(code: TestCode.With(First, Second));
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("old")).Status);
            }
        );

    [Fact]
    public Task Two_classes_of_one_version_are_refused_at_the_start() =>
        Run.InAsync(
            WorldKind.Simulated,
            world =>
            {
                var wrong = Assert.Throws<InvalidOperationException>(() =>
                    world.Start(code: TestCode.With(Second, typeof(Versions.AlsoSecond)))
                );
                Assert.StartsWith("version 2 of Trip is both", wrong.Message);
                return Task.CompletedTask;
            }
        );

    [Theory, EachWorld]
    public Task A_patch_is_taken_by_runs_that_come_to_it_and_not_by_those_that_have_passed(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start(code: TestCode.With(typeof(Patches.Before)));
                await world.OrderAsync(new Trip(), "old");
                await WaitingAsync(world, "old");
                await world.StopAsync();

                world.Start(code: TestCode.With(typeof(Patches.Patched)));
                await EndAsync(world, "old");
                Assert.Equal(["home", "out 1", "out 2"], await ShownAsync(world));
                await world.OrderAsync(new Trip(), "new");
                await world.WhenAsync("new", s => s.Steps is [_, { EndedAt: not null }]);
                await world.StopAsync();

                // A replay from the beginning by another process.
                world.Start(code: TestCode.With(typeof(Patches.Patched)));
                await EndAsync(world, "new");
                Assert.Equal(
                    ["home", "home", "out 1", "out 1", "out 2", "out 2", "wash 1", "wash 2"],
                    await ShownAsync(world)
                );
                Assert.Equal(1, await world.CountAsync("history WHERE kind = 'PatchMarked' AND hash IS NOT NULL"));
            }
        );

    [Theory, EachWorld]
    public Task A_marker_is_removed_when_no_run_is_left_that_lacks_it(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start(code: TestCode.With(typeof(Patches.Patched)));
                await world.OrderAsync(new Trip(), "it");
                await world.WhenAsync("it", s => s.Steps is [_, { EndedAt: not null }]);
                await world.StopAsync();
                world.Start(code: TestCode.With(typeof(Patches.After)));
                await EndAsync(world, "it");
                Assert.Equal(["home", "out 1", "out 2", "wash 1", "wash 2"], await ShownAsync(world));
            }
        );

    [Theory, EachWorld]
    public Task A_marker_that_is_removed_too_early_parks_the_run_until_it_is_back(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start(code: TestCode.With(typeof(Patches.Before)));
                await world.OrderAsync(new Trip(), "it");
                await WaitingAsync(world, "it");
                await world.StopAsync();
                world.Start(code: TestCode.With(typeof(Patches.After)));
                await world.RaiseAsync("it", "word", "go", "1");
                var parked = await world.WhenAsync("it", s => s.Blocked is not null);
                Assert.Contains("Show", $"{parked.Blocked!.Recorded} {parked.Blocked.Replayed}");
                await world.StopAsync();
                world.Start(code: TestCode.With(typeof(Patches.Patched)));
                await world.RaiseAsync("it", "word", "go", "2");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("it")).Status);
                Assert.Equal(["home", "out 1", "out 2"], await ShownAsync(world));
            }
        );

    private static async Task BeginAsync(World world, string id, params Type[] code)
    {
        await world.StopAsync();
        world.Start(code: TestCode.With(code));
        await world.OrderAsync(new Trip(), id);
        await WaitingAsync(world, id);
    }

    private static Task<OrchestrationState> WaitingAsync(World world, string id) =>
        world.WhenAsync(id, s => s.Steps is [{ EndedAt: not null }]);

    /// <summary>Says two words to each, which is enough for any of them.</summary>
    private static async Task EndAsync(World world, params string[] ids)
    {
        foreach (var id in ids)
            await world.Store.WriteAsync(async tx =>
            {
                await world.Now.Client.RaiseEventAsync(tx, id, "word", "go", "a");
                await world.Now.Client.RaiseEventAsync(tx, id, "word", "go", "b");
            });
        foreach (var id in ids)
            Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync(id)).Status);
    }

    private static async Task<IEnumerable<string>> ShownAsync(World world) =>
        (await world.DeedsAsync()).Select(d => d["show ".Length..]).Order(StringComparer.Ordinal);
}
