using System.Diagnostics;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class ReplayTests
{
    [Theory, EachWorld]
    public Task Ids_and_time_are_the_same_in_every_replay(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Ids(), "one");
                await world.OrderAsync(new Ids(), "two");
                var one = await world.EndOfAsync("one");
                var two = await world.EndOfAsync("two");
                var deeds = await world.DeedsAsync();
                Assert.Equal(4, deeds.Count);
                // Were an id another one in a later replay, its step would not match the history, and nothing would end.
                Assert.Equal((InstanceStatus.Completed, InstanceStatus.Completed), (one.Status, two.Status));
                Assert.Equal(2, deeds.Where(d => d.StartsWith("take ")).Distinct().Count());
                Assert.Equal("\"half way\"", one.CustomStatus);
            }
        );

    [Theory, EachWorld]
    public Task Replays_write_no_log_and_emit_no_spans(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var request = ActivityTraceId.CreateFromString(
                    $"{kind.GetHashCode():x2}cdef0123456789abcdef01234567ff"
                );
                var spans = new List<string>();
                using var listener = Listen(request, spans);
                using var call = new Activity("call")
                    .SetParentId(
                        request,
                        ActivitySpanId.CreateFromString("0123456789abcdef"),
                        ActivityTraceFlags.Recorded
                    )
                    .Start();
                world.Start();
                await world.OrderAsync(new Ids(), "one");
                await world.EndOfAsync("one");
                await world.StopAsync();
                Assert.Equal(
                    ["before", "after"],
                    world.Log.Information.Where(l => !l.Contains("took over")).Select(l => l.Trim())
                );
                lock (spans)
                    Assert.Equal(
                        [
                            "activity:GiveBack",
                            "activity:Take",
                            "create_orchestration:Ids",
                            "episode:Ids", // how many turns it takes depends on what comes together
                            "orchestration:Ids",
                            "orchestration:Ids:timer",
                        ],
                        spans.Where((s, i) => s != "episode:Ids" || spans.IndexOf(s) == i).Order(StringComparer.Ordinal)
                    );
            }
        );

    [Theory, EachWorld]
    public Task A_bug_in_an_orchestrator_fails_it_and_tells_only_the_log(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Broken("the password"), "broken");
                var end = await world.EndOfAsync("broken");
                Assert.Equal((InstanceStatus.Failed, FaultCode.Internal), (end.Status, end.Fault!.Code));
                Assert.DoesNotContain("password", $"{end.Fault}");
                Assert.Contains("knows the password", Assert.Single(world.Log.Errors));
                Assert.Equal(["before"], await world.ThingsAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_restart_in_the_middle_reads_the_whole_history_again(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start(code: TestCode.With(typeof(Variants.AsRecorded)));
                await world.OrderAsync(new Trip(), "trip");
                await world.WhenAsync("trip", s => s.Steps is [{ EndedAt: not null }]);
                await world.StopAsync();
                world.Start(code: TestCode.With(typeof(Variants.AsRecorded)));
                await world.RaiseAsync("trip", "word", "go", "1");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("trip")).Status);
                Assert.Equal(["take out", "give back out", "show home"], await world.DeedsAsync());
            }
        );

    private static ActivityListener Listen(ActivityTraceId request, List<string> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Pipeline.Durable",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == request)
                    lock (spans)
                        spans.Add(span.DisplayName);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
