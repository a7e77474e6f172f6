using Npgsql;
using Pipeline.Data;
using Pipeline.Data.Postgres;
using Pipeline.Testing.Edge;

namespace Pipeline.Durable.Tests.Store;

/// <summary>What is PostgreSQL's alone: transactions side by side, sessions that end, its dialect.</summary>
public sealed class PostgresTests
{
    [Fact]
    public async Task Transactions_that_deadlock_both_end_well()
    {
        await using var store = await TestStore.NewAsync(StoreKind.Postgres);
        await store.TableAsync();
        await store.NoteAsync("a");
        await store.NoteAsync("b");
        var (runs, met) = (0, new CountdownEvent(2));
        await Task.WhenAll(CrossAsync("a", "b"), CrossAsync("b", "a"));
        Assert.Equal(3, runs);

        Task CrossAsync(string first, string second) =>
            store.Db.WriteAsync(async tx =>
            {
                Interlocked.Increment(ref runs);
                await tx.ExecuteAsync("UPDATE notes SET text = text WHERE text = @first", new { first });
                if (!met.IsSet)
                    met.Signal();
                await UntilAsync(() => met.IsSet);
                await tx.ExecuteAsync("UPDATE notes SET text = text WHERE text = @second", new { second });
            });
    }

    [Fact]
    public async Task A_decision_that_swallows_a_failed_statement_is_not_taken_for_written()
    {
        await using var store = await TestStore.NewAsync(StoreKind.Postgres);
        await store.TableAsync();
        await store.NoteAsync("once");
        await Assert.ThrowsAsync<PostgresException>(() =>
            store.Db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync("INSERT INTO notes VALUES ('before')");
                await Record.ExceptionAsync(async () => await tx.ExecuteAsync("INSERT INTO notes VALUES ('once')"));
            })
        );
        Assert.Equal(["once"], await store.NotesAsync());
    }

    [Fact]
    public async Task Who_waits_briefly_hears_soon_that_a_row_is_held_and_only_in_its_own_transaction()
    {
        await using var store = await TestStore.NewAsync(StoreKind.Postgres);
        await store.TableAsync();
        await store.NoteAsync("held");
        var (holds, lets) = (new TaskCompletionSource(), new TaskCompletionSource());
        var holder = store.Db.WriteAsync(async tx =>
        {
            await TouchAsync(tx);
            holds.TrySetResult();
            await lets.Task;
        });
        await holds.Task;
        await Assert.ThrowsAsync<ContendedException>(() =>
            store.Db.WriteAsync(async tx =>
            {
                tx.WaitBriefly();
                await TouchAsync(tx);
            })
        );
        // On the session that was given back: this one waits as long as it takes.
        var patient = store.Db.WriteAsync(async tx => await TouchAsync(tx));
        const string waits = """
            SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                AND clock_timestamp() - query_start > INTERVAL '200 milliseconds'
            """;
        await UntilAsync(async () => await store.Db.ReadAsync(tx => tx.ScalarAsync<long>(waits)) == 1);
        Assert.False(patient.IsCompleted);
        lets.SetResult();
        await Task.WhenAll(holder, patient);

        static ValueTask<int> TouchAsync(Tx tx) => tx.ExecuteAsync("UPDATE notes SET text = text");
    }

    [Fact]
    public async Task A_transaction_is_dead_to_whoever_still_holds_it()
    {
        await using var store = await TestStore.NewAsync(StoreKind.Postgres);
        await store.TableAsync();
        var held = await store.Db.WriteAsync(tx => new ValueTask<Tx>(tx));
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await held.ExecuteAsync("INSERT INTO notes VALUES ('late')")
        );
        Assert.Empty(await store.NotesAsync());
    }

    [Fact]
    public async Task Sessions_that_the_server_ended_are_replaced_and_nothing_is_written_twice()
    {
        await using var store = await TestStore.NewAsync(StoreKind.Postgres);
        await store.TableAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => store.NoteAsync($"{i}")));
        var runs = 0;
        await store.Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("INSERT INTO notes VALUES ('x')");
            if (runs++ == 0)
                await tx.ExecuteAsync(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                );
        });
        Assert.Equal(2, runs);
        Assert.Equal(11, (await store.NotesAsync()).Count);
    }

    [Fact]
    public void A_server_that_is_not_there_is_unavailable_and_a_malformed_url_is_the_callers_fault()
    {
        Assert.Equal(FaultCode.Unavailable, Refusal("postgres://nobody@127.0.0.1:1/none").Code);
        foreach (var wrong in new[] { "postgres://host", "mysql://host/db", "postgres://h/d?x", "Nonsense=1", "::" })
        {
            var refusal = Refusal(wrong.Replace("host", "u:geheim@host"));
            Assert.Equal(FaultCode.BadRequest, refusal.Code);
            Assert.DoesNotContain("geheim", refusal.Message);
        }
    }

    [Fact]
    public void A_url_names_server_account_and_database()
    {
        var settings = PostgresUrl.Parse("postgres://a%40b:p%3Aw@db.example:6000/cloud?sslmode=require");
        Assert.Equal(
            ("db.example", 6000, "cloud", "a@b", "p:w", SslMode.Require),
            (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password, settings.SslMode)
        );
        Assert.Equal("/run/pg", PostgresUrl.Parse("postgres://me@localhost/cloud?host=/run/pg").Host);
        Assert.Equal("cloud", PostgresUrl.Parse("Host=db;Database=cloud").Database);
    }

    [Theory]
    [InlineData("x IN @ids AND y NOT IN @more", "x = ANY(@ids) AND y <> ALL(@more)")]
    [InlineData("x IN (@a, @b) FOR UPDATE", "x IN (@a, @b) FOR UPDATE")]
    public void A_list_is_one_array(string ours, string theirs) =>
        Assert.Equal(theirs, PostgresDialect.Statement(ours));

    [Fact]
    public void Text_columns_compare_bytes_and_comments_stay() =>
        Assert.Equal("a TEXT COLLATE \"C\" NOT NULL, -- TEXT", PostgresDialect.Definition("a TEXT NOT NULL, -- TEXT"));

    private static Fault Refusal(string url) =>
        Assert.Throws<Fault>(() => Database.Connect(url, MachineTime.Clock, Randomness.Seeded(1)).Dispose());

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var bound = MachineTime.Clock.GetUtcNow() + TimeSpan.FromSeconds(30);
        while (!await condition() && MachineTime.Clock.GetUtcNow() < bound)
            await Task.Delay(TimeSpan.FromMilliseconds(5), MachineTime.Clock, CancellationToken.None);
    }
}
