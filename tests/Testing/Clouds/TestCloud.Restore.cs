namespace Pipeline.Testing.Clouds;

/// <summary>A copy of the database, and what an operator does with it after a disaster.</summary>
public sealed partial class TestCloud
{
    private const string AllTables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'saved_%'";

    /// <summary>Keeps the database as it is now.</summary>
    public Task SaveStoreAsync() =>
        Store.WriteAsync(async tx =>
        {
            foreach (var table in await tx.ListAsync<string>(AllTables))
            {
                await tx.ExecuteAsync($"DROP TABLE IF EXISTS saved_{table}");
                await tx.ExecuteAsync($"CREATE TABLE saved_{table} AS SELECT * FROM {table}");
            }
        });

    /// <summary>How often the database was restored.</summary>
    public int Restores { get; private set; }

    /// <summary>The functions hosts die, the database is what was kept, and they start again. Hosts and queues know nothing of it.</summary>
    /// <param name="restored">Told before any of them starts.</param>
    public async Task RestoreStoreAsync(Func<Task>? restored = null)
    {
        functions.ForEach(f => f.Die()); // at once: nobody is to write into what will be no more
        Restores++; // and nobody comes back before it is restored
        await KillFunctionsHostAsync();
        await Store.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("PRAGMA defer_foreign_keys = ON");
            foreach (var table in await tx.ListAsync<string>(AllTables))
            {
                await tx.ExecuteAsync($"DELETE FROM {table}");
                await tx.ExecuteAsync($"INSERT INTO {table} SELECT * FROM saved_{table}");
            }
        });
        World.Log.Add("the database is restored");
        if (restored is not null)
            await restored();
        for (var i = 0; i < Options.FunctionsHosts; i++)
            await StartFunctionsHostAsync(i);
    }
}
