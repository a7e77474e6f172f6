using Pipeline.Contracts.Hosts;
using Pipeline.Durable.Management;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>"Step 4 of 7, p90 remaining 1.4 s", from the histories of runs of the same kind.</summary>
public sealed class ProgressTests
{
    private const string Last = "Ensure guest a";
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nine_of_ten_runs_needed_no_longer_from_the_same_step()
    {
        var runs = Enumerable.Range(1, 10).Select(n => RunOf($"run{n}", TimeSpan.FromSeconds(n), 10, 20)).ToArray();
        var past = PastRuns.Of([.. runs.SelectMany(r => r)]);
        Assert.Equal(new(1, 2, TimeSpan.FromSeconds(39)), past.At(1, TimeSpan.Zero));
        Assert.Equal(new(2, 2, TimeSpan.FromSeconds(24)), past.At(2, TimeSpan.FromSeconds(5)));
        Assert.Equal(new(2, 2, TimeSpan.Zero), past.At(2, TimeSpan.FromHours(1)));
        Assert.Equal(new(3, 3, TimeSpan.FromSeconds(29)), past.At(3, TimeSpan.Zero));
    }

    [Fact]
    public void A_kind_that_never_ran_has_none() => Assert.Null(PastRuns.Of([]).At(1, TimeSpan.Zero));

    [Theory, EachWorld]
    public Task A_running_orchestration_tells_how_far_it_is_and_one_of_a_new_kind_does_not(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var gate = new TaskCompletionSource<string>();
                world.Start();
                var estimates = new ProgressEstimates(world.Now.Parts, world.Time);
                await world.OrderAsync(new Question("first"), "first");
                await world.EndOfAsync("first");
                Assert.Null(await ProgressAsync(world, estimates, "first"));
                world.Oracle.On("why", (_, ct) => gate.Task.WaitAsync(ct));
                await world.OrderAsync(new Question("why"), "question");
                await world.WhenAsync("question", s => s.Steps is [_]);
                Assert.Equal((1, 1), Place(await ProgressAsync(world, estimates, "question")));
                await world.OrderAsync(new Nap(TimeSpan.FromMilliseconds(1)), "nap");
                Assert.Null(await ProgressAsync(world, estimates, "nap"));
                gate.SetResult("because");
                await world.EndOfAsync("question");
            }
        );

    [Fact]
    public Task What_is_undone_tells_none() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.EndOfAsync("build");
                world.Host.Before = SagaTests.FailOn("guest b");
                world.Deliveries = _ => [TimeSpan.FromSeconds(1)];
                await world.OrderAsync(new Build("b", world.Host.Id), "failing");
                var estimates = new ProgressEstimates(world.Now.Parts, world.Time);
                var told = new List<InstanceEvent>();
                var follower = new InstanceFollower(world.Now.Db, world.Now.Parts, estimates, world.Time);
                await foreach (var batch in follower.FollowAsync("failing", null, CancellationToken.None))
                    told.AddRange(batch);
                var steps = told.OfType<InstanceEvent.Step>().ToList();
                var failed = steps.FindIndex(s => s.State.Fault is not null);
                Assert.Contains(steps.Take(failed), s => s.Progress is { Of: > 4 });
                Assert.All(steps.Skip(failed), s => Assert.Null(s.Progress));
            }
        );

    [Theory, EachWorld]
    public Task How_much_of_a_try_is_done_is_its_own_hosts_word(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var gate = new TaskCompletionSource();
                world.Host.Before = (order, ct) =>
                    SagaTests.Name(order) == Last ? gate.Task.WaitAsync(ct) : Task.CompletedTask;
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.WhenAsync("build", _ => world.Host.Orders.Any(order => SagaTests.Name(order) == Last));
                var step = world.Host.Orders.Single(order => SagaTests.Name(order) == Last);
                await TellAsync(world, new(Guid.Empty), new(step.ActivityId, step.Attempt, 0.9));
                await TellAsync(world, world.Host.Id, new(step.ActivityId, step.Attempt + 1, 0.9));
                await TellAsync(world, world.Host.Id, new("no id", 1, 0.9));
                Assert.Null(await DoneAsync(world));
                await TellAsync(world, world.Host.Id, new(step.ActivityId, step.Attempt, 0.25));
                Assert.Equal(0.25, await DoneAsync(world));
                await TellAsync(world, world.Host.Id, new(step.ActivityId, step.Attempt, 7));
                Assert.Equal(1, await DoneAsync(world));
                gate.SetResult();
                var end = await world.EndOfAsync("build");
                Assert.All(end.Steps, s => Assert.Null(s.Done));
            }
        );

    private static Task TellAsync(World world, HostId host, StepProgress told) =>
        world.Now.Db.WriteAsync(tx => world.Now.Client.TellProgressAsync(tx, host, [told]));

    private static async Task<double?> DoneAsync(World world) =>
        (
            await world.Store.ReadAsync(tx =>
                new InstanceReader(world.Now.Parts, new(world.Now.Parts, world.Time)).FindAsync(tx, "build")
            )
        )!
            .Steps.Single(s => s is { Host: not null, EndedAt: null })
            .Done;

    private static IEnumerable<PastStep> RunOf(string id, TimeSpan after, params int[] at) =>
        at.Select(s => new PastStep
        {
            InstanceId = id,
            At = Noon.AddSeconds(s),
            CompletedAt = Noon.AddSeconds(40) + after,
        });

    private static (int, int) Place(InstanceProgress? progress) => (progress!.Step, progress.Of);

    private static async Task<InstanceProgress?> ProgressAsync(World world, ProgressEstimates estimates, string id)
    {
        var reader = new InstanceReader(world.Now.Parts, estimates);
        return (await world.Store.ReadAsync(tx => reader.FindAsync(tx, id)))!.Progress;
    }
}
