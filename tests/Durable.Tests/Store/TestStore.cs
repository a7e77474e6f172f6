using Pipeline.Data;
using Pipeline.Testing.Edge;

namespace Pipeline.Durable.Tests.Store;

/// <summary>A database file of its own with the commit thread, removed at the end.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pipeline-data-");
    private readonly ThreadCommitLoop loop = new();
    private readonly HeldTime time = new();

    public TestStore() => Db = Database.Open(Path, time, loop);

    public Database Db { get; }

    public HeldTime Time => time;

    public string Path => System.IO.Path.Combine(folder.FullName, "cloud.db");

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
