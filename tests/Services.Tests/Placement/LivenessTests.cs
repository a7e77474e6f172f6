using Pipeline.Data;
using Pipeline.Placement;
using Pipeline.Placement.Hosts;
using Pipeline.Runtime.Agents;
using Pipeline.Testing;
using Pipeline.Testing.Simulation;

namespace Pipeline.Services.Tests.Placement;

public sealed class LivenessTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly HostId Host = new(new Guid("11111111-1111-1111-1111-111111111111"));

    [
        Theory,
        InlineData(5, 5, true, LivenessVerdict.Same), // all know it
        InlineData(5, 30, true, LivenessVerdict.Seen), // the others are told
        InlineData(5, 30, false, LivenessVerdict.Seen), // it is back
        InlineData(5, 10, false, LivenessVerdict.Seen),
        InlineData(null, 30, true, LivenessVerdict.Same), // another functions host hears it
        InlineData(70, 30, true, LivenessVerdict.Same), // it speaks to another one by now
        InlineData(70, 70, true, LivenessVerdict.Silent),
        InlineData(null, 70, true, LivenessVerdict.Silent),
        InlineData(70, 70, false, LivenessVerdict.Same) // known to be silent
    ]
    internal void A_host_is_silent_only_when_nobody_has_heard_it(
        int? heard,
        int told,
        bool up,
        LivenessVerdict verdict
    ) => Assert.Equal(verdict, Judge(heard, told, up, started: 1000));

    [Fact]
    public void A_functions_host_that_has_just_started_calls_nobody_silent() =>
        Assert.Equal(LivenessVerdict.Same, Judge(null, 500, up: true, started: 30));

    [Fact]
    public void A_host_that_speaks_to_one_of_two_functions_hosts_stays_up_and_goes_down_when_it_is_silent() =>
        RunWorld(
            async (db, time) =>
            {
                var (first, second) = (new HostConnections(time), new HostConnections(time));
                MarkSilentHosts[] both = [new(db, first, time), new(db, second, time)];
                for (var tick = 0; tick < 30; tick++)
                {
                    first.Saw(Host);
                    await LookAsync(both, time);
                    Assert.Equal("up", await StateAsync(db));
                }
                for (var tick = 0; tick < 10; tick++)
                    await LookAsync(both, time);
                Assert.Equal("down", await StateAsync(db));
                second.Saw(Host); // it comes back, to the other one
                await LookAsync(both, time);
                Assert.Equal("up", await StateAsync(db));
            }
        );

    [Fact]
    public void While_nothing_changes_the_database_is_written_at_most_every_twenty_seconds() =>
        RunWorld(
            async (db, time) =>
            {
                var connections = new HostConnections(time);
                var look = new MarkSilentHosts(db, connections, time);
                var told = new HashSet<DateTimeOffset>();
                for (var tick = 0; tick < 60; tick++) // ten minutes
                {
                    connections.Saw(Host);
                    await LookAsync([look], time);
                    told.Add((await db.ReadAsync(tx => tx.FindHostAsync(Host)))!.LastSeen);
                }
                Assert.InRange(told.Count, 2, 31);
            }
        );

    private static LivenessVerdict Judge(int? heard, int told, bool up, int started) =>
        Liveness.Judge(
            new() { State = up ? "up" : "down", LastSeen = Now.AddSeconds(-told) },
            heard is { } seconds ? Now.AddSeconds(-seconds) : null,
            Now.AddSeconds(-started),
            Now
        );

    private static async Task LookAsync(MarkSilentHosts[] all, TimeProvider time)
    {
        foreach (var look in all)
            await look.RunAsync(new(new(default, default), false));
        await Task.Delay(TimeSpan.FromSeconds(10), time);
    }

    private static async Task<string> StateAsync(Database db) =>
        (await db.ReadAsync(tx => tx.FindHostAsync(Host)))!.State;

    private static void RunWorld(Func<Database, TimeProvider, Task> test)
    {
        var world = new SimulationContext(7);
        world.Run(async () =>
        {
            using var db = TestDatabases.InMemory(world.Time, new ContextCommitLoop(world));
            await db.WriteAsync(async tx =>
            {
                await tx.AddHostAsync(new() { Id = Host, Name = "host" });
                await tx.SetInventoryAsync(
                    Host,
                    new()
                    {
                        Vcpus = 4,
                        Hypervisor = "fake",
                        Facts = "{}",
                    }
                );
            });
            await test(db, world.Time);
        });
    }
}
