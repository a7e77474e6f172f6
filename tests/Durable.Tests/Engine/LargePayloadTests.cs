using Pipeline.Contracts.Hosts;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Management;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>What is too large for a row stands beside it, once, and goes with its instance.</summary>
public sealed class LargePayloadTests
{
    private static readonly string Large = new('g', 100_000);

    [Theory, EachWorld]
    public Task A_payload_that_fans_out_stands_once_and_the_rows_stay_small(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Parcels(Large, 30), "parcels");
                var end = await world.EndOfAsync("parcels");
                Assert.Equal((InstanceStatus.Completed, $"\"{Large}\""), (end.Status, end.Output));
                Assert.Equal($"\"{Large}?\"", end.CustomStatus);
                Assert.Equal(31, end.Steps.Count);
                // Input, the steps' input, their result (which is the output too), and the last custom status.
                Assert.Equal(4, await world.CountAsync("payloads"));
                Assert.Equal(0, await world.CountAsync($"history WHERE LENGTH(data) > {Payload.Inline}"));
                Assert.Equal(
                    0,
                    await world.CountAsync(
                        "instances WHERE LENGTH(input) > 200 OR LENGTH(output) > 200 OR LENGTH(custom_status) > 200"
                    )
                );
                await PurgeAsync(world);
            }
        );

    [Theory, EachWorld]
    public Task Generations_leave_nothing_behind_and_lose_no_letter(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await TellArchiveAsync(world);
                await PurgeAsync(world);
            }
        );

    [Fact]
    public void Killed_at_any_point_large_letters_are_taken_once_and_leave_nothing_behind()
    {
        var points = 0;
        Run.Simulated(1, world => TellAsync(world, null));
        Assert.True(points > 10);
        for (var n = 1; n <= points; n++)
            Run.Simulated(n, world => TellAsync(world, n));

        async Task TellAsync(World world, int? kill)
        {
            world.Start(f => _ = kill is { } nth ? f.KillAt(nth) : f);
            await TellArchiveAsync(world, kill is not null);
            points = kill is null ? world.Now.Faults.Passed.Count : points;
            await PurgeAsync(world);
        }
    }

    [Fact]
    public void Killed_at_any_point_one_that_calls_others_ends_with_their_large_output()
    {
        var points = 0;
        Run.Simulated(1, world => TellAsync(world, null));
        Assert.True(points > 5);
        for (var n = 1; n <= points; n++)
            Run.Simulated(n, world => TellAsync(world, n));

        async Task TellAsync(World world, int? kill)
        {
            world.Start(f => _ = kill is { } nth ? f.KillAt(nth) : f);
            await world.Store.WriteAsync(tx =>
                world.Now.Client.StartAsync(tx, new Relay(Large, 2, Laps: 1), new("relay"))
            );
            if (kill is not null)
                await world.ReviveAsync();
            Assert.Equal($"\"{Large}\"", (await world.EndOfAsync("relay")).Output);
            points = kill is null ? world.Now.Faults.Passed.Count : points;
            await PurgeAsync(world);
        }
    }

    [Theory, EachWorld]
    public Task Of_two_with_the_same_data_one_goes_and_the_other_keeps_it(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromHours(1)), "stays");
                await world.OrderAsync(new Letters(TimeSpan.FromHours(1)), "goes");
                foreach (var id in new[] { "stays", "goes" })
                {
                    await world.RaiseAsync(id, "letter", Large, "1");
                    await world.RaiseAsync(id, "letter", Large, "1");
                }
                await world.RaiseAsync("goes", "letter", "b", "2");
                await world.EndOfAsync("goes");
                await world.Now.Db.WriteAsync(tx => world.Now.Client.PurgeInstanceAsync(tx, "goes"));
                await world.RaiseAsync("stays", "letter", Large, "2");
                Assert.Equal($"\"{Large}, {Large}\"", (await world.EndOfAsync("stays")).Output);
                await PurgeAsync(world);
            }
        );

    [Theory, EachWorld]
    public Task A_host_gets_all_of_its_order_and_a_rewound_one_keeps_what_it_had(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("signed?", (n, _) => n == 1 ? throw new Fault(FaultCode.NotFound, "nobody") : Yes);
                world.Start();
                await world.OrderAsync(new Delivery(world.Host.Id, Large), "it");
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("it")).Status);
                await world.RewindAsync("it");
                var end = await world.EndOfAsync("it");
                Assert.Equal((InstanceStatus.Completed, 50_002), (end.Status, end.Output!.Length));
                Assert.Equal(["label", $"host: {Large}"], await world.ThingsAsync());
                Assert.Single(world.Host.Orders);
                Assert.Equal(world.Host.Id, end.Steps[1].Host);
                await PurgeAsync(world);
            }
        );

    [Theory, EachWorld]
    public Task What_is_too_large_is_refused_by_size_and_limit_and_nothing_is_stuck(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var huge = new string('h', Payload.Most);
                world.Oracle.On("huge", (_, _) => Task.FromResult(huge));
                world.Start();
                foreach (
                    var what in new[] { "step", "local result", "transactional result", "call", "status", "continue" }
                )
                {
                    await world.OrderAsync(new Overweight(what), what);
                    var end = await world.EndOfAsync(what);
                    Assert.Equal(InstanceStatus.Completed, end.Status);
                    Assert.Matches(
                        $"^\"TooLarge: .* is 4194\\d\\d\\d bytes of JSON; .* is {Payload.Most} at most",
                        end.Output
                    );
                    Assert.Equal("Show", end.Steps[^1].Name);
                }
                await world.OrderAsync(new Overweight("output"), "output");
                Assert.Equal(FaultCode.TooLarge, (await world.EndOfAsync("output")).Fault!.Code);
                await world.OrderAsync(new Overweight("called output"), "caller");
                Assert.StartsWith("\"TooLarge: the output of Overweight", (await world.EndOfAsync("caller")).Output);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Theory, EachWorld]
    public Task Nor_is_a_start_an_event_or_a_hosts_answer_that_is_too_large(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var huge = new string('h', Payload.Most);
                world.Answers = answer =>
                {
                    _ = world.Now.Client.AnswerAsync(world.Host.Id, answer with { Result = $"\"{huge}\"" });
                    return [TimeSpan.FromSeconds(1)];
                };
                world.Start();
                await RefusedAsync(() => world.OrderAsync(new Question(huge), "question"));
                Assert.Null(await world.StateAsync("question"));
                await world.OrderAsync(new Letters(TimeSpan.FromHours(1)), "letters");
                await RefusedAsync(() => world.RaiseAsync("letters", "letter", huge, "1"));
                Assert.Equal(0, await world.CountAsync("mailbox"));
                await world.OrderAsync(new Delivery(world.Host.Id, "x"), "delivery");
                var end = await world.EndOfAsync("delivery");
                Assert.Equal((InstanceStatus.Failed, FaultCode.TooLarge), (end.Status, end.Fault!.Code));
            }
        );

    [Theory, EachWorld]
    public Task A_list_shows_references_and_a_history_so_much_as_it_may(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Question(Large), "question");
                await world.EndOfAsync("question");
                var reader = new InstanceReader(world.Now.Parts, new(world.Now.Parts, world.Time));
                var listed = (await world.Store.ReadAsync(tx => reader.ListAsync(tx, new(), 10, false))).Instances[0];
                Assert.Matches("^{\"\\$payload\":\"[0-9a-f]{64}\",\"bytes\":100011}$", listed.Input);
                var shown = await world.Store.ReadAsync(tx => reader.FindAsync(tx, "question", withData: true));
                Assert.All(shown!.History, h => Assert.DoesNotContain("$payload", $"{h.Input}{h.Result}"));
                var row = (await world.Store.ReadAsync(tx => tx.FindInstanceAsync("question")))!;
                var (_, cut) = await world.Store.ReadAsync(async tx =>
                    await PayloadTexts.ReadAsync(
                        tx,
                        row with
                        {
                            Input = "",
                            Output = null,
                        },
                        [.. (await tx.ListHistoryAsync(row, 0)).Select(h => h.Event)],
                        most: 150_000
                    )
                );
                Assert.Equal(
                    (1, 3),
                    (cut.Count(h => h.Data?.Length > 1_000), cut.Count(h => Payload.HashOf(h.Data) is not null))
                );
            }
        );

    [Fact]
    public void What_looks_like_a_reference_is_stored_as_what_it_is()
    {
        var fake = Payload.Of("""{"$payload":"0123","bytes":1}""", "it");
        Assert.Equal("""{"$payload":"0123","bytes":1}""", fake.Data);
        Assert.Equal(fake.Hash, Payload.HashOf(fake.Text));
        var host = new HostId(new Guid("aaaaaaaa-0000-4000-8000-000000000001"));
        var order = Payload.Of($"\"{Large}\"", "it", host);
        Assert.Equal(100_002, Payload.BytesOf(order.Text));
        Assert.Equal(
            host,
            OrchestrationState.HostOf(new(HistoryKind.TaskScheduled, 0, "x", order.Text, null, default))
        );
        Assert.Null(Payload.HashOf("""{"payload":1}"""));
        Assert.Null(Payload.Of(new string('ä', Payload.Inline / 2), "it").Hash);
        Assert.NotNull(Payload.Of(new string('ä', (Payload.Inline / 2) + 1), "it").Hash);
    }

    private static Task<string> Yes => Task.FromResult("yes");

    /// <summary>Letters of which each is one generation's, one before it is asked for, some twice.</summary>
    private static async Task TellArchiveAsync(World world, bool killed = false)
    {
        await world.Store.WriteAsync(tx => world.Now.Client.StartAsync(tx, new Archive(4), new("archive")));
        foreach (var letter in new[] { "a1", "b2", "c3", "d4" })
            for (var twice = 0; twice < 2; twice++)
                await world.Store.WriteAsync(tx =>
                    world.Now.Client.RaiseEventAsync(tx, "archive", "letter", letter + Large, letter)
                );
        if (killed)
            await world.ReviveAsync();
        Assert.Equal($"\"d4{Large}\"", (await world.EndOfAsync("archive")).Output);
        Assert.Equal(["0 a1", "1 b2", "2 c3", "3 d4"], await world.ThingsAsync());
        // Input, the last event, a step's result, the output, and a status that an earlier generation showed.
        Assert.Equal(5, await world.CountAsync("payloads"));
        Assert.Equal($"\"a1{Large}\"", (await world.StateAsync("archive"))!.CustomStatus);
    }

    private static async Task RefusedAsync(Func<Task> ask) =>
        Assert.Matches(
            "4194\\d{3} bytes .* 4194304 at most",
            (await Assert.ThrowsAsync<Fault>(ask)) is { Code: FaultCode.TooLarge } refused ? refused.Message : ""
        );

    private static async Task PurgeAsync(World world)
    {
        await world.Now.Client.PurgeAllInstancesAsync(new(), TestContext.Current.CancellationToken);
        Assert.Equal(0, await world.CountAsync("payloads"));
        Assert.Equal(0, await world.CountAsync("instances"));
    }
}
