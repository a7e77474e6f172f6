using System.Collections.Concurrent;
using Pipeline.Data;
using Pipeline.Testing.Edge;

namespace Pipeline.Testing;

/// <summary>
/// A suite's PostgreSQL: it starts with the first database that is asked for and ends with the suite. A database that was
/// given back is emptied and given out again, which costs a tenth of making and removing one.
/// </summary>
public sealed class PostgresDatabases : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly ConcurrentStack<string> free = new();
    private Task<(PostgresCluster Cluster, string Template)>? started;

    /// <summary>An empty cloud's database.</summary>
    /// <param name="alone">
    /// It is removed at the end, for those whose processes are killed: what they sent may arrive when they are long gone.
    /// </param>
    public async Task<PostgresDatabase> NewAsync(bool alone = false)
    {
        var (cluster, template) = await StartedAsync();
        if (alone || !free.TryPop(out var name))
            name = await cluster.CreateAsync(template);
        return new(cluster, name, alone ? null : free);
    }

    public async ValueTask DisposeAsync()
    {
        if (started is { IsCompletedSuccessfully: true })
            await (await started).Cluster.DisposeAsync();
    }

    private Task<(PostgresCluster, string)> StartedAsync()
    {
        lock (gate)
            return started ??= StartAsync();
    }

    private static async Task<(PostgresCluster, string)> StartAsync()
    {
        var cluster = await PostgresCluster.StartAsync(MachineTime.Clock, CancellationToken.None);
        var template = await cluster.CreateAsync();
        var url = cluster.Url(template) + "?Pooling=false";
        Database.Connect(url, MachineTime.Clock, Randomness.Seeded(1)).Dispose();
        await EmptyDatabase.RememberAsync(url);
        return (cluster, template);
    }
}

/// <param name="free">Where it goes when it has been emptied; null where it is removed.</param>
public sealed class PostgresDatabase(PostgresCluster cluster, string name, ConcurrentStack<string>? free)
    : IAsyncDisposable
{
    /// <summary>As `Database.Connect` takes it.</summary>
    public string Url => cluster.Url(name);

    public async ValueTask DisposeAsync()
    {
        if (free is not null && await EmptyDatabase.IsAgainAsync(Url))
            free.Push(name);
        else
            await cluster.DropAsync(name);
    }
}
