using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>Any kills, losses, doubles and delays: the end is the same. A failure names its seed.</summary>
public sealed class SeededWorldsTests
{
    private static readonly string[] Built = ["claim a", "port a", "host: disk a", "host: guest a", "host: net a"];

    [Fact]
    public void Kills_doubles_losses_and_delays_do_not_change_how_a_build_ends()
    {
        for (var seed = 1; seed <= 40; seed++)
            Run.Simulated(seed, world => TellAsync(world, fails: false, removed: false));
    }

    [Fact]
    public void Nor_how_a_failing_build_ends()
    {
        for (var seed = 101; seed <= 140; seed++)
            Run.Simulated(seed, world => TellAsync(world, fails: true, removed: false));
    }

    [Fact]
    public void Nor_how_a_removal_of_a_running_build_ends()
    {
        for (var seed = 201; seed <= 240; seed++)
            Run.Simulated(seed, world => TellAsync(world, fails: seed % 2 == 0, removed: true));
    }

    [Fact]
    public void Nor_how_many_different_ones_at_once_end()
    {
        for (var seed = 301; seed <= 320; seed++)
            Run.Simulated(seed, TellOfManyAsync);
    }

    [Fact]
    public void Two_runs_of_one_seed_are_equal_byte_by_byte_and_of_two_seeds_are_not()
    {
        var first = Log(7);
        Assert.Equal(first, Log(7));
        Assert.NotEqual(first, Log(8));
        Assert.Contains("AfterCommit Remove of remove", first);

        static string Log(int seed) =>
            Run.Simulated(seed, world => TellAsync(world, fails: false, removed: true), logsSteps: true).Text;
    }

    internal static async Task TellAsync(World world, bool fails, bool removed)
    {
        var chance = world.Simulation!.Randomness;
        var mischief = Mischief(chance);
        world.Deliveries = _ => mischief();
        world.Answers = _ => mischief();
        if (fails)
            world.Host.Before = SagaTests.FailOn("guest a");
        var lives = Kill(world, chance, 4);
        await StartAsync(world, new Build("a", world.Host.Id), new("build"));
        if (removed)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(400)), world.Time, CancellationToken.None);
            await StartAsync(world, new Remove("a", world.Host.Id), new("remove", Supersede: true));
        }
        var end = await world.EndOfAsync(removed ? "remove" : "build");
        Assert.Equal(fails && !removed ? InstanceStatus.Failed : InstanceStatus.Completed, end.Status);
        await lives;
        // What is still on its way arrives, and changes nothing.
        await Task.Delay(TimeSpan.FromMinutes(15), world.Time, CancellationToken.None);
        Assert.Equal(fails || removed ? [] : Built, await world.ThingsAsync());
        Assert.Empty(await world.UnansweredAsync());
    }

    /// <summary>Builds, failing builds, removals, chains and fans, side by side, through several lives.</summary>
    internal static async Task TellOfManyAsync(World world)
    {
        var chance = world.Simulation!.Randomness;
        var mischief = Mischief(chance);
        world.Deliveries = _ => mischief();
        world.Answers = _ => mischief();
        world.Host.Before = SagaTests.FailOn("net b");
        var lives = Kill(world, chance, 6);
        foreach (var id in new[] { "a", "b", "c" })
            await StartAsync(world, new Build(id, world.Host.Id), new($"build-{id}"));
        await StartAsync(world, new Chain(5), new("chain"));
        await StartAsync(world, new FanOut(12), new("fan"));
        await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(2_000)), world.Time, CancellationToken.None);
        await StartAsync(world, new Remove("c", world.Host.Id), new("remove-c", Supersede: true));
        Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build-a")).Status);
        Assert.Equal(FaultCode.DiskFull, (await world.EndOfAsync("build-b")).Fault!.Code);
        foreach (var id in new[] { "remove-c", "chain", "fan" })
            Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync(id)).Status);
        await lives;
        await Task.Delay(TimeSpan.FromMinutes(15), world.Time, CancellationToken.None);
        var things = await world.ThingsAsync();
        Assert.Equal(Built, things.Where(t => t.Contains(' ')));
        Assert.Equal(17, things.Count(t => !t.Contains(' ')));
        Assert.Empty(await world.UnansweredAsync());
    }

    private static Task<bool> StartAsync<T>(World world, IOrchestration<T> order, StartOptions options) =>
        world.Store.WriteAsync(tx => world.Now.Client.StartAsync(tx, order, options));

    /// <summary>Kills several lives in a row, each at a point the seed picks.</summary>
    private static async Task Kill(World world, Randomness chance, int times)
    {
        world.Start(f => f.KillAt(1 + chance.Next(30)));
        for (var i = 0; i < times; i++)
        {
            var dying = world.Now;
            var over = Task.Delay(TimeSpan.FromMinutes(15), world.Time, CancellationToken.None);
            if (await Task.WhenAny(dying.Died, over) == over)
                return;
            await world.KillAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(3_000)), world.Time, CancellationToken.None);
            world.Start(i + 1 < times ? f => f.KillAt(1 + chance.Next(30)) : null);
        }
    }

    /// <summary>What happens to messages; only a few are lost, so that the deadline is not at stake.</summary>
    private static Func<IReadOnlyList<TimeSpan>> Mischief(Randomness chance)
    {
        var losses = 2;
        return () =>
            chance.Next(10) switch
            {
                0 when losses-- > 0 => [],
                1 => [Late(chance, 30_000)],
                2 or 3 => [Late(chance, 200), Late(chance, 5_000)],
                4 => [TimeSpan.Zero, TimeSpan.Zero, Late(chance, 90_000)],
                _ => [Late(chance, 50)],
            };
    }

    private static TimeSpan Late(Randomness chance, int most) => TimeSpan.FromMilliseconds(chance.Next(most));
}
