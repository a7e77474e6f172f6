using Pipeline.Data;
using Pipeline.Testing;
using Pipeline.Testing.Clouds;
using Pipeline.Testing.Simulation;

namespace Pipeline.Cloud.Tests;

/// <summary>Worlds have databases in memory one after the other: none finds what another has left.</summary>
public sealed class A_database_has_many_worlds
{
    private const string Tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";

    [Fact]
    public void What_a_world_left_is_gone_for_the_next()
    {
        Assert.SkipWhen(TestDatabases.OnPostgres, "on PostgreSQL each world has a database of its own");
        TestCloud.Run(cloud => cloud.FurnishAsync());
        var next = In(db => db.ReadAsync(ContentAsync));
        var fresh = In(db => db.ReadAsync(ContentAsync), Database.InMemory);
        Assert.Equal(fresh, next);
    }

    [Fact]
    public void A_world_that_added_tables_takes_its_database_with_it()
    {
        Assert.SkipWhen(TestDatabases.OnPostgres, "on PostgreSQL each world has a database of its own");
        In(db => db.WriteAsync(async tx => await tx.ExecuteAsync("CREATE TABLE left_over (id TEXT)")));
        Assert.DoesNotContain("left_over", In(db => db.ReadAsync(async tx => await tx.ListAsync<string>(Tables))));
    }

    private static T In<T>(Func<Database, Task<T>> work, Func<TimeProvider, ICommitLoop, Database>? open = null)
    {
        var world = new SimulationContext(1);
        T found = default!;
        world.Run(async () =>
        {
            using var db = (open ?? TestDatabases.InMemory)(world.Time, new ContextCommitLoop(world));
            found = await work(db);
        });
        return found;
    }

    private static async ValueTask<IReadOnlyList<string>> ContentAsync(Tx tx)
    {
        List<string> content = [];
        foreach (var table in await tx.ListAsync<string>(Tables))
        {
            var columns = await tx.ListAsync<string>($"SELECT name FROM pragma_table_info('{table}')");
            var row = string.Join(" || '|' || ", columns.Select(c => $"COALESCE(\"{c}\", '-')"));
            content.AddRange((await tx.ListAsync<string>($"SELECT {row} FROM {table}")).Select(r => $"{table}: {r}"));
        }
        return content;
    }
}
