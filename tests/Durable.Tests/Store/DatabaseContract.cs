using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Pipeline.Data;

namespace Pipeline.Durable.Tests.Store;

/// <summary>What every user of the seam relies on, whichever the store.</summary>
public abstract class DatabaseContract(StoreKind kind)
{
    [Fact]
    public async Task What_is_read_together_is_one_snapshot()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        await store.NoteAsync("first");
        var (before, after) = await store.Db.ReadAsync(async tx =>
        {
            var before = await tx.ListAsync<string>("SELECT text FROM notes");
            // A write that begins and ends while the reader is under way.
            store.NoteAsync("second").Wait(TestContext.Current.CancellationToken);
            return (before.Count, (await tx.ListAsync<string>("SELECT text FROM notes")).Count);
        });
        Assert.Equal((1, 1), (before, after));
        Assert.Equal(2, (await store.NotesAsync()).Count);
    }

    [Fact]
    public async Task A_read_cannot_write_and_does_not_spoil_the_next_one()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        await Assert.ThrowsAnyAsync<DbException>(() =>
            store.Db.ReadAsync(tx => tx.ExecuteAsync("INSERT INTO notes VALUES ('x')"))
        );
        Assert.Empty(await store.NotesAsync());
    }

    [Fact]
    public async Task Arguments_may_be_a_dictionary_with_nulls_and_lists()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        await store.NoteAsync("a");
        var filter = new Dictionary<string, object?> { ["texts"] = new[] { "a", "b" }, ["none"] = null };
        Assert.Equal(
            ["a"],
            await store.Db.ReadAsync(tx =>
                tx.ListAsync<string>(
                    "SELECT text FROM notes WHERE text IN @texts AND text <> COALESCE(@none, '') AND @now > 0",
                    filter
                )
            )
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public async Task Rows_that_are_sent_together_are_all_there_with_their_nulls_or_none_is(int count)
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        await store.Db.WriteAsync(async tx =>
            await tx.ExecuteAsync(
                "CREATE TABLE marks (text TEXT REFERENCES notes (text), number BIGINT, at BIGINT NOT NULL)"
            )
        );
        await store.NoteAsync("known");
        const string sql = "INSERT INTO marks (text, number, at) VALUES (@Text, @Number, @now)";
        var rows = Enumerable.Range(0, count).Select(i => new Mark(i % 2 == 0 ? null : "known", i % 3 == 0 ? null : i));
        await store.Db.WriteAsync(tx =>
        {
            tx.SendRows(sql, [.. rows]);
            return ValueTask.FromResult(true);
        });
        await Assert.ThrowsAnyAsync<DbException>(() =>
            store.Db.WriteAsync(tx =>
            {
                tx.SendRows(sql, [new Mark("known", 1), new Mark("unknown", 2)]);
                return ValueTask.FromResult(true);
            })
        );
        var found = await store.Db.ReadAsync(tx => tx.ListAsync<Mark>("SELECT text, number FROM marks"));
        Assert.Equal(rows.OrderBy(m => m.ToString()), found.OrderBy(m => m.ToString()));
    }

    private sealed record Mark
    {
        public Mark() { }

        public Mark(string? text, long? number) => (Text, Number) = (text, number);

        public string? Text { get; init; }
        public long? Number { get; init; }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    public async Task A_list_is_one_argument_however_long(int length)
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        await store.NoteAsync("0");
        await store.NoteAsync("say \"ü\", \\");
        var texts = Enumerable.Range(0, length).Select(i => i == 1 ? "say \"ü\", \\" : $"{i}").ToList();
        var (inside, outside) = await store.Db.ReadAsync(async tx =>
            (
                await tx.ListAsync<string>("SELECT text FROM notes WHERE text IN @texts", new { texts }),
                await tx.ListAsync<string>("SELECT text FROM notes WHERE text NOT IN @texts", new { texts })
            )
        );
        Assert.Equal(Math.Min(length, 2), inside.Count);
        Assert.Equal(2 - inside.Count, outside.Count);
        var numbers = await store.Db.ReadAsync(tx =>
            tx.ScalarAsync<long>("SELECT COUNT(*) WHERE 7 IN @some", new { some = new long[] { 6, 7 } })
        );
        Assert.Equal(1, numbers);
    }

    [Fact]
    public async Task An_expression_may_hold_something_else_each_time_it_is_read()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        Assert.Equal([(null, 0)], await LongestAsync());
        await store.NoteAsync("four");
        Assert.Equal([("four", 4)], await LongestAsync());
        Assert.Equal([("four", 4)], await LongestAsync());

        async Task<IEnumerable<(string?, int)>> LongestAsync()
        {
            var rows = await store.Db.ReadAsync(tx =>
                tx.ListAsync<Longest>(
                    "SELECT MAX(text) AS text, CAST(COALESCE(MAX(LENGTH(text)), 0) AS BIGINT) AS length FROM notes"
                )
            );
            return rows.Select(r => (r.Text, r.Length));
        }
    }

    [Fact]
    public async Task A_changed_schema_file_is_refused_and_the_file_let_go()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.Db.WriteAsync(async tx =>
            await tx.ExecuteAsync("UPDATE schema_version SET sha256 = 'other' WHERE id = '0001_data.sql'")
        );
        using var loop = new ThreadCommitLoop();
        var refusal = Assert.Throws<InvalidOperationException>(() => store.Open(loop));
        Assert.Contains("0001_data.sql", refusal.Message);
    }

    [Fact]
    public async Task Opening_again_keeps_what_is_there()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        await store.NoteAsync("kept");
        using var loop = new ThreadCommitLoop();
        using var second = store.Open(loop);
        Assert.Equal(["kept"], await second.ReadAsync(tx => tx.ListAsync<string>("SELECT text FROM notes")));
    }

    [Fact]
    public async Task The_cloud_is_made_once_whoever_starts_first()
    {
        await using var store = await TestStore.NewAsync(kind);
        var clouds = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(seed => Cloud.EnsureAsync(store.Db, Randomness.Seeded(seed)))
        );
        Assert.All(clouds, made => Assert.Equal(clouds[0], made));
        Assert.Equal((32, 1), (clouds[0].Id.Length, clouds[0].Line));
    }

    [Fact]
    public async Task A_decision_that_fails_writes_nothing_and_spoils_nobody()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        var fault = await Assert.ThrowsAsync<Fault>(() =>
            store.Db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync("INSERT INTO notes VALUES ('never')");
                throw Fault.Conflict("no");
            })
        );
        Assert.Equal(FaultCode.Conflict, fault.Code);
        await store.NoteAsync("once");
        await Assert.ThrowsAnyAsync<DbException>(() => store.NoteAsync("once"));
        await store.NoteAsync("after");
        Assert.Equal(["after", "once"], await store.NotesAsync());
    }

    [Fact]
    public async Task Hints_come_after_the_commit_and_only_for_what_was_written()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        var heard = new ConcurrentQueue<string>();
        await store.Db.WriteAsync(tx =>
        {
            tx.OnCommitted(() => throw new InvalidOperationException("a hint's bug"));
            tx.OnCommitted(() => heard.Enqueue("good"));
            return ValueTask.CompletedTask;
        });
        await Assert.ThrowsAsync<Fault>(() =>
            store.Db.WriteAsync(tx =>
            {
                tx.OnCommitted(() => heard.Enqueue("bad"));
                throw Fault.Conflict("no");
            })
        );
        Assert.Equal(["good"], heard);
    }

    [Fact]
    public async Task A_decision_runs_under_its_callers_activity_and_has_one_time()
    {
        await using var store = await TestStore.NewAsync(kind);
        using var call = new Activity("call").SetIdFormat(ActivityIdFormat.W3C).Start();
        var (seen, now, inSql) = await store.Db.WriteAsync(async tx =>
        {
            var now = await tx.ScalarAsync<long>("SELECT @now");
            store.Time.Pass(TimeSpan.FromSeconds(3));
            return (Activity.Current?.Id, now, await tx.ScalarAsync<long>("SELECT @now"));
        });
        Assert.Equal((call.Id, now), (seen, inSql));
    }

    [Fact]
    public async Task Many_writers_all_get_their_own_answer()
    {
        await using var store = await TestStore.NewAsync(kind);
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

    [Fact]
    public async Task Who_reads_and_writes_back_under_a_lock_loses_nothing()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        await store.NoteAsync("0");
        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(_ =>
                    store.Db.WriteAsync(async tx =>
                    {
                        await tx.LockAsync("project/a");
                        var text = await tx.ScalarAsync<string>("SELECT text FROM notes");
                        await tx.ExecuteAsync(
                            "UPDATE notes SET text = @next",
                            new { next = $"{int.Parse(text!) + 1}" }
                        );
                    })
                )
        );
        Assert.Equal(["50"], await store.NotesAsync());
    }

    [Fact]
    public async Task A_row_that_is_read_for_update_is_read_by_one_at_a_time()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.TableAsync();
        await store.NoteAsync("0");
        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(_ =>
                    store.Db.WriteAsync(async tx =>
                    {
                        var text = await tx.ScalarAsync<string>("SELECT text FROM notes FOR UPDATE");
                        await tx.ExecuteAsync(
                            "UPDATE notes SET text = @next",
                            new { next = $"{int.Parse(text!) + 1}" }
                        );
                    })
                )
        );
        Assert.Equal(["50"], await store.NotesAsync());
    }

    [Fact]
    public async Task Text_is_compared_by_its_bytes()
    {
        await using var store = await TestStore.NewAsync(kind);
        await store.Db.WriteAsync(async tx =>
        {
            foreach (var name in new[] { "a b", "B", "ab", "_", "é", "a" })
                await tx.ExecuteAsync("INSERT INTO queues (name) VALUES (@name)", new { name });
        });
        Assert.Equal(
            ["B", "_", "a", "a b", "ab", "é"],
            await store.Db.ReadAsync(tx => tx.ListAsync<string>("SELECT name FROM queues ORDER BY name"))
        );
    }

    private sealed record Longest
    {
        public string? Text { get; init; }
        public int Length { get; init; }
    }
}

public sealed class DatabaseOnSqliteTests() : DatabaseContract(StoreKind.Sqlite);

public sealed class DatabaseOnPostgresTests() : DatabaseContract(StoreKind.Postgres);
