using Pipeline.Data;
using Pipeline.Testing.Edge;

namespace Pipeline.Testing;

/// <summary>A suite's PostgreSQL: it starts with the first database that is asked for and ends with the suite.</summary>
public sealed class PostgresDatabases : IAsyncDisposable
{
    private readonly Lock gate = new();
    private Task<(PostgresCluster Cluster, string Template)>? started;

    /// <summary>An empty cloud's database, gone when disposed.</summary>
    public async Task<PostgresDatabase> NewAsync()
    {
        var (cluster, template) = await StartedAsync();
        return new(cluster, await cluster.CreateAsync(template));
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
        Database.Connect(cluster.Url(template) + "?Pooling=false", MachineTime.Clock, Randomness.Seeded(1)).Dispose();
        return (cluster, template);
    }
}

public sealed class PostgresDatabase(PostgresCluster cluster, string name) : IAsyncDisposable
{
    /// <summary>As `Database.Connect` takes it.</summary>
    public string Url => cluster.Url(name);

    public async ValueTask DisposeAsync() => await cluster.DropAsync(name);
}
