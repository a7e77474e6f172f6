using System.Diagnostics;
using Pipeline.Data;

namespace Pipeline.Durable.Tests.Store;

public sealed class GroupCommitTests
{
    private readonly HandCommitLoop loop = new();
    private readonly HeldTime time = new();

    [Fact]
    public async Task A_decision_that_fails_takes_nothing_of_its_neighbours_along()
    {
        using var db = Open();
        var before = NoteAsync(db, "before");
        var failing = db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("INSERT INTO notes VALUES ('never')");
            throw Fault.Conflict("no");
        });
        var after = NoteAsync(db, "after");
        loop.Commit();
        Assert.Equal(1, await before);
        Assert.Equal(1, await after);
        Assert.Equal(FaultCode.Conflict, (await Assert.ThrowsAsync<Fault>(() => failing)).Code);
        Assert.Equal(["after", "before"], await NotesAsync(db));
    }

    [Fact]
    public async Task A_broken_rule_of_the_schema_is_its_own_decisions_failure()
    {
        using var db = Open();
        var all = new[] { NoteAsync(db, "once"), NoteAsync(db, "once"), NoteAsync(db, "twice") };
        loop.Commit();
        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => all[1]);
        Assert.Equal((1, 1), (await all[0], await all[2]));
    }

    [Fact]
    public async Task A_decision_sees_what_the_one_before_it_in_the_batch_wrote()
    {
        using var db = Open();
        _ = NoteAsync(db, "first");
        var count = db.WriteAsync(async tx => await tx.ScalarAsync<long>("SELECT COUNT(*) FROM notes"));
        loop.Commit();
        Assert.Equal(1, await count);
    }

    [Fact]
    public async Task A_decision_that_awaits_something_else_is_refused_and_cannot_write_later()
    {
        using var db = Open();
        var elsewhere = new TaskCompletionSource();
        var late = new TaskCompletionSource<Exception?>();
        var waiting = db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("INSERT INTO notes VALUES ('early')");
            await elsewhere.Task;
            late.SetResult(
                await Record.ExceptionAsync(async () => await tx.ExecuteAsync("INSERT INTO notes VALUES ('late')"))
            );
        });
        loop.Commit();
        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting);
        elsewhere.SetResult();
        Assert.IsType<InvalidOperationException>(await late.Task);
        Assert.Empty(await NotesAsync(db));
    }

    [Fact]
    public async Task When_the_batch_cannot_be_committed_each_decision_is_tried_alone()
    {
        using var db = Open();
        // A deferred constraint is looked at by the commit, so that it is the commit that fails.
        await CommitAsync(
            db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync("CREATE TABLE parents (id INTEGER PRIMARY KEY)");
                await tx.ExecuteAsync(
                    "CREATE TABLE children (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"
                );
            })
        );
        var runs = 0;
        var good = db.WriteAsync(async tx =>
        {
            runs++;
            return await tx.ExecuteAsync("INSERT INTO notes VALUES ('good')");
        });
        var orphan = db.WriteAsync(async tx => await tx.ExecuteAsync("INSERT INTO children VALUES (7)"));
        var fine = NoteAsync(db, "fine");
        loop.Commit();
        Assert.Equal((1, 2), (await good, runs));
        Assert.Equal(1, await fine);
        Assert.Equal(FaultCode.Unavailable, (await Assert.ThrowsAsync<Fault>(() => orphan)).Code);
        Assert.Equal(["fine", "good"], await NotesAsync(db));
    }

    [Fact]
    public async Task Hints_come_after_the_commit_and_only_for_what_was_written()
    {
        using var db = Open();
        var heard = new List<string>();
        var good = db.WriteAsync(tx => Hint(tx, "good"));
        var bad = db.WriteAsync(async tx =>
        {
            await Hint(tx, "bad");
            throw Fault.Conflict("no");
        });
        var broken = db.WriteAsync(tx =>
        {
            tx.OnCommitted(() => throw new InvalidOperationException("a hint's bug"));
            return Hint(tx, "after a broken one");
        });
        Assert.Empty(heard);
        loop.Commit();
        await good;
        await broken;
        await Assert.ThrowsAsync<Fault>(() => bad);
        Assert.Equal(["good", "after a broken one"], heard);

        ValueTask Hint(Tx tx, string text)
        {
            tx.OnCommitted(() => heard.Add(text));
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_decision_runs_under_its_callers_activity()
    {
        using var db = Open();
        using var call = new Activity("call").SetIdFormat(ActivityIdFormat.W3C).Start();
        var seen = db.WriteAsync(_ => new ValueTask<string?>(Activity.Current?.Id));
        call.Stop();
        loop.Commit();
        Assert.Equal(call.Id, await seen);
    }

    [Fact]
    public async Task One_batch_has_one_time()
    {
        using var db = Open();
        var first = db.WriteAsync(async tx => await tx.ScalarAsync<long>("SELECT @now"));
        time.Pass(TimeSpan.FromSeconds(3));
        var second = db.WriteAsync(tx => new ValueTask<DateTimeOffset>(tx.Now));
        loop.Commit();
        Assert.Equal(Time.ToMicroseconds(await second), await first);
        Assert.Equal(time.GetUtcNow(), await second);
    }

    [Fact]
    public async Task A_closed_database_refuses_what_waits_and_what_comes()
    {
        var db = Open();
        var waiting = NoteAsync(db, "waiting");
        db.Dispose();
        foreach (var refused in new[] { waiting, NoteAsync(db, "late") })
            Assert.Equal(FaultCode.Unavailable, (await Assert.ThrowsAsync<Fault>(() => refused)).Code);
    }

    [Fact]
    public async Task Many_writers_on_the_commit_thread_all_get_their_own_answer()
    {
        using var store = new TestStore();
        await store.TableAsync();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 500)
                .Select(i =>
                    store.Db.WriteAsync(async tx =>
                    {
                        await tx.ExecuteAsync("INSERT INTO notes VALUES (@i)", new { i = $"{i}" });
                        return i;
                    })
                )
        );
        Assert.Equal(Enumerable.Range(0, 500), answers);
        Assert.Equal(500, (await store.NotesAsync()).Count);
    }

    private Database Open()
    {
        var db = Database.InMemory(time, loop);
        _ = db.WriteAsync(async tx => await tx.ExecuteAsync("CREATE TABLE notes (text TEXT UNIQUE)"));
        loop.Commit();
        return db;
    }

    private async Task CommitAsync(Task write)
    {
        loop.Commit();
        await write;
    }

    private static Task<int> NoteAsync(Database db, string text) =>
        db.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO notes VALUES (@text)", new { text }));

    private static Task<IReadOnlyList<string>> NotesAsync(Database db) =>
        db.ReadAsync(tx => tx.ListAsync<string>("SELECT text FROM notes ORDER BY text"));
}
