using Pipeline.Data;
using Pipeline.Services.Tests.Runtime;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Identity.Tokens;

/// <summary>A database with keys, and as many functions hosts' rings over it as a test wants.</summary>
internal sealed class KeyFixture : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-keys-").FullName;
    private readonly ThreadCommitLoop commits = new();

    public KeyFixture() => Database = TestDatabases.Open(Path.Combine(folder, "cloud.db"), Time, commits);

    public ManualTime Time { get; } = new();

    public Database Database { get; }

    public Randomness Randomness { get; } = Randomness.Seeded(3);

    /// <param name="root">What stands in each byte of the key file.</param>
    public Task<KeyRing> NewRingAsync(byte root = 1) =>
        KeyRing.OpenAsync(Database, [.. Enumerable.Repeat(root, 32)], Time, Randomness);

    public ValueTask DisposeAsync()
    {
        Database.Dispose();
        commits.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
