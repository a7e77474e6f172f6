using Pipeline.Data;
using Pipeline.Runtime.Agents;
using Pipeline.Runtime.Storage;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Runtime.Storage;

public abstract class DatabaseQueuesContract : QueueContract, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-queues-").FullName;
    private readonly ManualTime time = new();
    private readonly Randomness randomness = Randomness.Seeded(1);
    private readonly ThreadCommitLoop commits = new();
    private readonly Database database;

    protected DatabaseQueuesContract(bool postgres) =>
        database = postgres
            ? TestDatabases.OpenPostgres(time)
            : Database.Open(Path.Combine(folder, "cloud.db"), time, commits);

    public void Dispose()
    {
        database.Dispose();
        commits.Dispose();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Many_who_take_at_once_share_the_messages_and_none_is_taken_twice()
    {
        var queue = (await QueuesAsync()).Open(NewName());
        await queue.CreateAsync(Ct);
        for (var i = 0; i < 100; i++)
            await queue.SendAsync(new byte[] { (byte)i }, ct: Ct);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TakeAllAsync(queue)));
        Assert.Equal(Enumerable.Range(0, 100), taken.SelectMany(t => t).Order());
        Assert.All(taken.SelectMany(t => t).CountBy(body => body), group => Assert.Equal(1, group.Value));
    }

    private static async Task<List<int>> TakeAllAsync(IQueue queue)
    {
        var bodies = new List<int>();
        while (await queue.ReceiveAsync(4, TimeSpan.FromMinutes(5), Ct) is { Count: > 0 } messages)
        {
            bodies.AddRange(messages.Select(m => (int)m.Body.Span[0]));
            await Task.WhenAll(messages.Select(m => queue.DeleteAsync(m, Ct)));
        }
        return bodies;
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

public sealed class DatabaseQueuesTests() : DatabaseQueuesContract(postgres: false);

public sealed class DatabaseQueuesOnPostgresTests() : DatabaseQueuesContract(postgres: true);
