using Pipeline.Data;
using Pipeline.Runtime.Agents;
using Pipeline.Runtime.Storage;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class DatabaseQueuesTests : QueueContract, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-queues-").FullName;
    private readonly ManualTime time = new();
    private readonly Randomness randomness = Randomness.Seeded(1);
    private readonly ThreadCommitLoop commits = new();
    private readonly Database database;

    public DatabaseQueuesTests() => database = Database.Open(Path.Combine(folder, "cloud.db"), time, commits);

    public void Dispose()
    {
        database.Dispose();
        commits.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    protected override Task<IQueues> QueuesAsync() =>
        Task.FromResult<IQueues>(new DatabaseQueues(database, randomness));

    protected override string NewName() => $"q{randomness.NewGuid():n}";

    protected override Task PassAsync(TimeSpan time)
    {
        this.time.Advance(time);
        return Task.CompletedTask;
    }
}
