using System.Diagnostics;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;
using Pipeline.Testing;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>What of an orchestration's waits stands in its trace.</summary>
public sealed class SpansTests
{
    [Theory, EachWorld]
    public Task Timers_events_and_suspends_are_in_the_trace_once(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                using var trace = new RecordedTrace();
                using var call = new Activity("call").SetParentId(trace.TraceParent).Start();
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromHours(10)), "letters");
                await world.OrderAsync(new Nap(TimeSpan.FromMilliseconds(50)), "nap");
                await world.WhenAsync("letters", s => s.Status == InstanceStatus.Running);
                await world.SuspendAsync("letters");
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.ResumeAsync("letters");
                await world.RaiseAsync("letters", "letter", "b", "2");
                await world.EndOfAsync("letters");
                var nap = await world.EndOfAsync("nap");
                await world.StopAsync();

                var fired = Assert.Single(trace.Spans, s => s.DisplayName == "orchestration:Nap:timer");
                Assert.Equal("timer", fired.GetTagItem("durabletask.type"));
                Assert.Equal("nap", fired.GetTagItem("durabletask.task.instance_id"));
                Assert.True(
                    fired.Duration >= TimeSpan.FromMilliseconds(50) && fired.Status == ActivityStatusCode.Unset
                );
                Assert.True(fired.StartTimeUtc >= nap.CreatedAt.UtcDateTime.AddMilliseconds(-1));
                var cancelled = Assert.Single(trace.Spans, s => s.DisplayName == "orchestration:Letters:timer");
                Assert.Equal(ActivityStatusCode.Error, cancelled.Status);
                var still = Assert.Single(trace.Spans, s => s.DisplayName == "orchestration:Letters:suspended");
                Assert.Equal("a look at it", still.GetTagItem("pipeline.reason"));
                var raised = trace.Spans.Where(s => s.DisplayName == "orchestration_event:letter").ToList();
                Assert.Equal(2, raised.Count);
                Assert.All(raised, s => Assert.Equal("letters", s.GetTagItem("durabletask.event.target_instance_id")));
                var taken = trace.Spans.Where(s => s.DisplayName == "episode:Letters").SelectMany(s => s.Events);
                Assert.Equal(["Received external event", "Received external event"], taken.Select(e => e.Name));
            }
        );

    [Theory, EachWorld]
    public Task Nobody_is_told_of_a_wait_whose_trace_is_not_known(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                using var trace = new RecordedTrace();
                world.Start();
                await world.OrderAsync(new Nap(TimeSpan.FromMilliseconds(20)), "nap");
                await world.SuspendAsync("nap");
                await world.ResumeAsync("nap");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("nap")).Status);
                Assert.Empty(trace.Spans);
            }
        );
}
