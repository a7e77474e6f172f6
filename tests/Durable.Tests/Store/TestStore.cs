using Pipeline.Data;
using Pipeline.Testing;

[assembly: AssemblyFixture(typeof(PostgresDatabases))]

namespace Pipeline.Durable.Tests.Store;

public enum StoreKind
{
    Sqlite,
    Postgres,
}

/// <summary>A database of its own, removed at the end: a file with the commit thread, or one on the suite's PostgreSQL.</summary>
internal sealed class TestStore : IDisposable, IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pipeline-data-");
    private readonly ThreadCommitLoop loop = new();
    private readonly HeldTime held = new();
    private readonly TimeProvider time;
    private readonly PostgresDatabase? postgres;

    public TestStore()
        : this(null, null) { }

    private TestStore(PostgresDatabase? postgres, TimeProvider? time)
    {
        this.postgres = postgres;
        this.time = time ?? held;
        Db = Open();
    }

    /// <param name="time">Null for one that the test moves by hand.</param>
    public static async Task<TestStore> NewAsync(StoreKind kind, TimeProvider? time = null) =>
        new(kind == StoreKind.Sqlite ? null : await Postgres.NewAsync(), time);

    public Database Db { get; }

    public HeldTime Time => held;

    public string Path => System.IO.Path.Combine(folder.FullName, "cloud.db");

    /// <summary>Opens the same store once more, as another process would.</summary>
    public Database Open(ICommitLoop? own = null) =>
        postgres is null
            ? Database.Open(Path, time, own ?? loop)
            : Database.Connect(postgres.Url, time, Randomness.Seeded(1));

    public Task TableAsync() =>
        Db.WriteAsync(async tx => await tx.ExecuteAsync("CREATE TABLE notes (text TEXT UNIQUE)"));

    public Task<int> NoteAsync(string text) =>
        Db.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO notes VALUES (@text)", new { text }));

    public Task<IReadOnlyList<string>> NotesAsync() =>
        Db.ReadAsync(tx => tx.ListAsync<string>("SELECT text FROM notes ORDER BY text"));

    public void Dispose()
    {
        Db.Dispose();
        loop.Dispose();
        folder.Delete(recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (postgres is not null)
            await postgres.DisposeAsync();
    }
}

/// <summary>The suite's PostgreSQL.</summary>
internal static class Postgres
{
    public static async Task<PostgresDatabase> NewAsync(bool alone = false) =>
        await (await TestContext.Current.GetFixture<PostgresDatabases>())!.NewAsync(alone);
}

/// <summary>A clock that a test moves by hand.</summary>
internal sealed class HeldTime : TimeProvider
{
    private DateTimeOffset now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public void Pass(TimeSpan span) => now += span;
}

/// <summary>Commits when the test says so: what is written until then is one batch.</summary>
internal sealed class HandCommitLoop : ICommitLoop
{
    private Action drain = () => { };

    public void Start(Action drain) => this.drain = drain;

    public void Signal() { }

    public void Tell(IThreadPoolWorkItem told) => told.Execute();

    public void Stop() { }

    public void Commit() => drain();
}
