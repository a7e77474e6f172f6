using Pipeline.Durable.Hub;
using Pipeline.Durable.Management;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>What a follower of an orchestration is told, and when.</summary>
public sealed class FollowTests
{
    private static readonly Fault Busy = new(FaultCode.Unavailable, "busy");

    [Theory, EachWorld]
    public Task Every_step_and_every_failed_try_is_told_up_to_the_end(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (n, _) => n < 3 ? throw Busy : Task.FromResult("because"));
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                var told = await FollowAsync(world, world.Now, "question");
                Assert.Equal(
                    [
                        "begun Question",
                        "1 Ask try 1",
                        "1 Ask try 2 after busy",
                        "1 Ask try 3 after busy",
                        "1 Ask done at try 3",
                        "ended Completed",
                    ],
                    told.Select(t => Text(t.Event))
                );
            }
        );

    [Theory, EachWorld]
    public Task From_each_id_on_the_rest_is_told_and_nothing_twice(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Chain(4), "chain");
                await world.EndOfAsync("chain");
                var all = (await FollowAsync(world, world.Now, "chain")).ConvertAll(t => t.Event);
                Assert.Equal(10, all.Count);
                for (var i = 0; i < all.Count; i++)
                {
                    var after = ResumeId.Parse($"{all[i].Id}");
                    var rest = await FollowAsync(world, world.Now, "chain", after);
                    Assert.Equal(all.Skip(i + 1).Select(Text), rest.Select(t => Text(t.Event)));
                    var isOver = await FollowerOf(world.Now, world).IsOverAsync(after!);
                    Assert.Equal(i == all.Count - 1, isOver);
                }
            }
        );

    [Fact]
    public Task A_history_longer_than_one_look_is_told_whole() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new FanOut(700), "wide");
                var told = await FollowAsync(world, world.Now, "wide");
                Assert.Equal(1_402, told.Count);
                Assert.Equal(700, told.Count(t => Text(t.Event).Contains(" done ", StringComparison.Ordinal)));
            }
        );

    [Fact]
    public Task An_id_that_was_used_again_is_told_from_its_beginning() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Nap(TimeSpan.FromSeconds(1)), "nap");
                var first = await FollowAsync(world, world.Now, "nap");
                await world.Store.WriteAsync(async tx => await world.Now.Client.PurgeInstanceAsync(tx, "nap"));
                Assert.Empty(await FollowAsync(world, world.Now, "nap"));
                await Task.Delay(TimeSpan.FromMilliseconds(1), world.Time, CancellationToken.None);
                await world.OrderAsync(new Nap(TimeSpan.FromSeconds(1)), "nap");
                var second = await FollowAsync(world, world.Now, "nap", first[^1].Event.Id);
                Assert.Equal(first.Select(t => Text(t.Event)), second.Select(t => Text(t.Event)));
            }
        );

    [Fact]
    public Task A_custom_status_is_told_when_it_changes() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Ids(), "ids");
                var told = await FollowAsync(world, world.Now, "ids");
                Assert.Contains("status Running \"half way\"", told.Select(t => Text(t.Event)));
            }
        );

    [Fact]
    public Task All_operations_of_a_resource_are_told_in_turn_and_nothing_after_them() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.OrderAsync(new Remove("a", world.Host.Id), "remove", supersede: true);
                var told = await ReadAsync(world, FollowerOf(world.Now, world).FollowResourceAsync);
                var words = told.Select(Text).ToList();
                Assert.Equal(["begun Build", "begun Remove"], words.Where(w => w.StartsWith("begun")));
                Assert.Equal("ended Completed", words[^1]);
                var middle = told.FindIndex(t => t is InstanceEvent.Ended);
                Assert.All(told.Take(middle + 1), t => Assert.Equal("build", t.Id.Instance.Id));
                Assert.All(told.Skip(middle + 1), t => Assert.Equal("remove", t.Id.Instance.Id));
                var rest = await ReadAsync(world, FollowerOf(world.Now, world).FollowResourceAsync, told[middle].Id);
                Assert.Equal(words.Skip(middle + 1), rest.Select(Text));
            }
        );

    [Fact]
    public Task A_silent_instance_gives_a_sign_of_life_and_an_ended_reader_is_heeded() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Nap(TimeSpan.FromHours(1)), "nap");
                using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(5), world.Time);
                var batches = new List<int>();
                await foreach (var batch in FollowerOf(world.Now, world).FollowAsync("nap", null, stop.Token))
                    batches.Add(batch.Count);
                Assert.InRange(batches.Count(n => n == 0), 15, 20);
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task What_another_functions_host_does_is_told_without_a_poll(WorldKind kind) =>
        SeveralHostsTests.InAsync(
            kind,
            async (world, other) =>
            {
                await world.OrderAsync(new Nap(TimeSpan.FromSeconds(1)), "nap");
                var told = await FollowAsync(world, other, "nap");
                Assert.Equal("ended Completed", Text(told[^1].Event));
                var late = told[^1].At - (await world.EndOfAsync("nap")).CompletedAt!.Value;
                Assert.True(late < FollowerWatch.Poll / 2, $"{late}");
            }
        );

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("a.2.3.id")]
    [InlineData("1.-2.3.id")]
    [InlineData("99999999999.2.3.id")]
    [InlineData("1.2.99999999999999999999.id")]
    public void What_is_no_resume_id_is_seen(string text) => Assert.Null(ResumeId.Parse(text));

    private static InstanceFollower FollowerOf(FunctionsHost host, World world) =>
        new(host.Db, host.Parts, new ProgressEstimates(host.Parts, world.Time), world.Time);

    private static async Task<List<(InstanceEvent Event, DateTimeOffset At)>> FollowAsync(
        World world,
        FunctionsHost host,
        string id,
        ResumeId? after = null
    )
    {
        var told = new List<(InstanceEvent, DateTimeOffset)>();
        await foreach (var batch in FollowerOf(host, world).FollowAsync(id, after, CancellationToken.None))
            told.AddRange(batch.Select(e => (e, world.Time.GetUtcNow())));
        return told;
    }

    private static async Task<List<InstanceEvent>> ReadAsync(
        World world,
        Func<string, ProjectId?, ResumeId?, CancellationToken, IAsyncEnumerable<IReadOnlyList<InstanceEvent>>> follow,
        ResumeId? after = null
    )
    {
        var told = new List<InstanceEvent>();
        await foreach (var batch in follow("server/a", null, after, CancellationToken.None))
            told.AddRange(batch);
        return told;
    }

    private static string Text(InstanceEvent told) =>
        told switch
        {
            InstanceEvent.Begun begun => $"begun {begun.Name}",
            InstanceEvent.Step { NextTry: not null, State: var s } step =>
                $"{step.Number} {s.Name} try {s.Attempt} after {s.Fault!.Message}",
            InstanceEvent.Step { State: { EndedAt: not null } s } step =>
                $"{step.Number} {s.Name} done at try {s.Attempt}",
            InstanceEvent.Step { State: var s } step => $"{step.Number} {s.Name} try {s.Attempt}",
            InstanceEvent.Status { State: var s } => $"status {s.Status} {s.CustomStatus}",
            InstanceEvent.Ended { State: var s } => $"ended {s.Status}",
            _ => throw new InvalidOperationException($"{told}"),
        };
}
