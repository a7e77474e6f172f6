using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Testing;

namespace Pipeline.Benchmarks.Engine;

/// <summary>An engine in this process over a database of its own, as a functions host has it, and nothing else.</summary>
internal sealed class Hub : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);
    private readonly MeterListener listener = new();
    private readonly ServiceProvider services;
    private readonly ThreadCommitLoop? commits;
    private readonly PostgresCluster? cluster;
    private readonly DurableEngine engine;
    private readonly TimeProvider time;
    private readonly CancellationToken ct;
    private long ended;
    private volatile Action onEnded = () => { };

    private Hub(
        Database db,
        ThreadCommitLoop? commits,
        PostgresCluster? cluster,
        TimeProvider time,
        CancellationToken ct
    )
    {
        (Db, this.commits, this.cluster, this.time, this.ct) = (db, commits, cluster, time, ct);
        Moments = new(time);
        services = new ServiceCollection().AddSingleton(db).AddSingleton(Moments).BuildServiceProvider();
        var parts = new EngineParts(db, [new(typeof(Hub).Assembly, HubJson.Default)], services, time);
        Client = new(db, parts);
        var lease = cluster is null ? null : new LeaseOptions("bench", TimeSpan.FromSeconds(5));
        engine = new(db, parts, new() { Lease = lease }, time, NullLoggerFactory.Instance);
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Meter.Name: "Pipeline.Durable", Name: "durable.orchestration.duration" })
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Ended());
    }

    public Database Db { get; }

    public DurableTaskClient Client { get; }

    public Moments Moments { get; }

    public static async Task<Hub> OpenAsync(HubStore store, string folder, TimeProvider time, CancellationToken ct)
    {
        var hub =
            store == HubStore.PostgreSql
                ? await OnPostgresAsync(time, ct)
                : OnSqlite(
                    Path.Combine(Directory.CreateDirectory(folder).FullName, $"{Guid.NewGuid():n}.db"),
                    time,
                    ct
                );
        await hub.Db.WriteAsync(async tx =>
            await tx.ExecuteAsync("CREATE TABLE notes (instance TEXT NOT NULL, number BIGINT NOT NULL)")
        );
        hub.engine.Start();
        hub.listener.Start();
        return hub;
    }

    public Task StartAsync<TResult>(IOrchestration<TResult> order, string id) =>
        Db.WriteAsync(tx => Client.StartAsync(tx, order, new(id)));

    /// <summary>Copies an instance that has ended, with its history, as if so many had ended long ago.</summary>
    public async Task AgeAsync(string id, int copies)
    {
        const string Numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @copies)";
        await Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync(
                $"""
                {Numbers}
                INSERT INTO instances (id, name, version, generation, status, input, output, epoch, next_seq, created_at,
                    updated_at, deadline_at, completed_at, owner)
                SELECT 'old-' || i, name, version, generation, status, input, output, epoch, next_seq, 1, 1, deadline_at,
                    1 + i, owner
                FROM n CROSS JOIN instances WHERE id = @id
                """,
                new { id, copies }
            );
            await tx.ExecuteAsync(
                $"""
                {Numbers}
                INSERT INTO history (instance_id, generation, seq, kind, task_id, name, data, hash, at)
                SELECT 'old-' || i, generation, seq, kind, task_id, name, data, hash, at
                FROM n CROSS JOIN history WHERE instance_id = @id
                """,
                new { id, copies }
            );
        });
    }

    /// <summary>Runs one, from its acceptance to its end.</summary>
    public async Task<TimeSpan> RunAsync<TResult>(IOrchestration<TResult> order, string id)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        onEnded = () => done.TrySetResult();
        var began = time.GetTimestamp();
        await StartAsync(order, id);
        await done.Task.WaitAsync(Bound, time, ct);
        return time.GetElapsedTime(began);
    }

    /// <summary>Keeps so many under way, for so long.</summary>
    /// <returns>How many ended in a second.</returns>
    public async Task<double> LoadAsync(Func<string, Task> start, int inFlight, TimeSpan length, string name)
    {
        using var places = new SemaphoreSlim(inFlight);
        onEnded = () => places.Release();
        var (began, before, number) = (time.GetTimestamp(), Interlocked.Read(ref ended), 0);
        var starts = new List<Task>();
        while (time.GetElapsedTime(began) < length)
        {
            await PlaceAsync(places);
            starts.Add(start($"{name}-{number++}"));
        }
        await Task.WhenAll(starts);
        for (var i = 0; i < inFlight; i++)
            await PlaceAsync(places);
        onEnded = () => { };
        return (Interlocked.Read(ref ended) - before) / time.GetElapsedTime(began).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await engine.DisposeAsync();
        await services.DisposeAsync();
        Db.Dispose();
        commits?.Dispose();
        if (cluster is not null)
            await cluster.DisposeAsync();
    }

    private static Hub OnSqlite(string file, TimeProvider time, CancellationToken ct)
    {
        var loop = new ThreadCommitLoop();
        return new(Database.Open(file, time, loop), loop, null, time, ct);
    }

    private static async Task<Hub> OnPostgresAsync(TimeProvider time, CancellationToken ct)
    {
        var server = await PostgresCluster.StartAsync(time, ct, durable: true);
        var url = server.Url(await server.CreateAsync());
        return new(Database.Connect(url, time, Randomness.Secure()), null, server, time, ct);
    }

    private async Task PlaceAsync(SemaphoreSlim places)
    {
        if (!await places.WaitAsync(Bound, ct))
            throw new TimeoutException("an orchestration did not end");
    }

    private void Ended()
    {
        Interlocked.Increment(ref ended);
        onEnded();
    }
}

internal enum HubStore
{
    /// <summary>SQLite with `synchronous=FULL`, as every cloud has it.</summary>
    SqliteFull,

    /// <summary>Debian's PostgreSQL as it comes, `fsync` on, on this machine.</summary>
    PostgreSql,
}
