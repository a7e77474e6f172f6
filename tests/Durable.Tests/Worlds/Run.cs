using Pipeline.Data;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Store;
using Pipeline.Testing.Edge;
using Pipeline.Testing.Simulation;

namespace Pipeline.Durable.Tests.Worlds;

public enum WorldKind
{
    /// <summary>Real threads, the commit thread, a database file, the machine's clock.</summary>
    Threads,

    /// <summary>Real threads, and a database on the suite's PostgreSQL.</summary>
    Postgres,

    /// <summary>One thread, a database in memory, simulated time, several seeds.</summary>
    Simulated,
}

/// <summary>Tells a story in a world, and sees to it that nothing of the world is left.</summary>
internal static class Run
{
    private const int Seeds = 5;

    /// <summary>For what a story on real threads waits for without saying how long: the end of a host, a write.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    public static Task InAsync(WorldKind kind, Func<World, Task> story)
    {
        if (kind != WorldKind.Simulated)
            return OnThreadsAsync(kind, story);
        for (var seed = 1; seed <= Seeds; seed++)
            Simulated(seed, story);
        return Task.CompletedTask;
    }

    /// <summary>The log of one seed's world.</summary>
    public static EventLog Simulated(int seed, Func<World, Task> story, bool logsSteps = false)
    {
        var context = new SimulationContext(seed) { LogsSteps = logsSteps };
        context.Run(async () =>
        {
            using var store = Database.InMemory(context.Time, new ContextCommitLoop(context));
            await TestTables.MakeAsync(store);
            var world = new World(store, context.Time, context);
            try
            {
                await story(world);
                await world.DisposeAsync();
            }
            catch (Exception e) when (e is not SimulationException)
            {
                throw new SimulationException($"seed {seed}: {e.Message}\n{world.Log}\n{context.Log.Tail(30)}", e);
            }
        });
        Assert.Equal(0, context.Alive);
        return context.Log;
    }

    private static Task OnThreadsAsync(WorldKind kind, Func<World, Task> story)
    {
        // As in a functions host: without the test runner's context.
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return TellAsync(kind, story).WaitAsync(Bound, MachineTime.Clock);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private static async Task TellAsync(WorldKind kind, Func<World, Task> story)
    {
        await using var place = await TestStore.NewAsync(
            kind == WorldKind.Postgres ? StoreKind.Postgres : StoreKind.Sqlite,
            MachineTime.Clock
        );
        await TestTables.MakeAsync(place.Db);
        await using var world = new World(place.Db, MachineTime.Clock, null);
        if (kind == WorldKind.Postgres)
            world.Lease = TimeSpan.FromSeconds(2);
        await story(world);
    }
}
