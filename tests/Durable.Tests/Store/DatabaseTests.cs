using Pipeline.Data;

namespace Pipeline.Durable.Tests.Store;

/// <summary>What is SQLite's alone.</summary>
public sealed class DatabaseTests
{
    [Fact]
    public async Task A_read_that_awaits_something_else_is_refused()
    {
        using var store = new TestStore();
        await store.TableAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            store.Db.ReadAsync(async tx =>
            {
                await new TaskCompletionSource().Task;
                return await tx.ListAsync<string>("SELECT text FROM notes");
            })
        );
        Assert.Empty(await store.NotesAsync());
    }

    [Fact]
    public async Task Statements_are_kept_prepared_and_still_see_a_changed_table()
    {
        using var store = new TestStore();
        await store.TableAsync();
        for (var i = 0; i < 400; i++)
            await store.Db.WriteAsync(tx => tx.ExecuteAsync($"INSERT INTO notes VALUES ('{i}')"));
        var list = Enumerable.Range(0, 400).Select(i => $"{i}").ToList();
        for (var i = 1; i <= 400; i += 57)
            Assert.Equal(i, (await FindAsync(store, list.Take(i).ToList())).Count);
        await store.Db.WriteAsync(async tx => await tx.ExecuteAsync("ALTER TABLE notes ADD COLUMN more TEXT"));
        await store.Db.WriteAsync(async tx => await tx.ExecuteAsync("DROP TABLE notes"));
        await store.TableAsync();
        await store.NoteAsync("3");
        Assert.Equal(["3"], await FindAsync(store, list));
        Assert.Empty(await FindAsync(store, []));
    }

    private static Task<IReadOnlyList<string>> FindAsync(TestStore store, IReadOnlyList<string> texts) =>
        store.Db.ReadAsync(tx => tx.ListAsync<string>("SELECT text FROM notes WHERE text IN @texts", new { texts }));

    [Fact]
    public async Task A_full_disk_refuses_writes_and_is_well_again_when_there_is_room()
    {
        using var store = new TestStore();
        await store.TableAsync();
        var pages = await store.Db.ReadAsync(async tx => await tx.ScalarAsync<long>("PRAGMA page_count"));
        await LimitAsync(store, pages + 3);
        var writes = Enumerable.Range(0, 40).Select(i => store.NoteAsync($"{i} {new string('x', 2_000)}")).ToList();
        await Task.WhenAny(Task.WhenAll(writes));
        var refused = writes.Where(w => w.IsFaulted).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, w => Assert.Equal(FaultCode.Unavailable, ((Fault)w.Exception!.InnerException!).Code));
        Assert.Equal(writes.Count - refused.Count, (await store.NotesAsync()).Count);

        await LimitAsync(store, 1_000_000);
        Assert.Equal(1, await store.NoteAsync($"later {new string('x', 20_000)}"));
    }

    [Fact]
    public async Task A_severed_facade_neither_reads_nor_writes_while_the_store_lives_on()
    {
        var loop = new HandCommitLoop();
        using var store = Database.InMemory(new HeldTime(), loop);
        var process = store.Attach();
        var first = process.WriteAsync(async tx => await tx.ExecuteAsync("CREATE TABLE notes (text TEXT)"));
        loop.Commit();
        await first;
        var waiting = process.WriteAsync(async tx => await tx.ExecuteAsync("INSERT INTO notes VALUES ('never')"));
        process.Sever();
        loop.Commit();
        await Assert.ThrowsAsync<ProcessDiedException>(() => waiting);
        await Assert.ThrowsAsync<ProcessDiedException>(() =>
            process.ReadAsync(tx => tx.ListAsync<string>("SELECT text FROM notes"))
        );
        process.Dispose();
        var next = store.Attach();
        Assert.Empty(await next.ReadAsync(tx => tx.ListAsync<string>("SELECT text FROM notes")));
    }

    [Fact]
    public void A_schema_file_has_lines_for_one_store_alone()
    {
        const string sql = "a\n--@sqlite\nb\n--@pg\nc\n--@end\nd\n";
        Assert.Equal("a\nb\nd\n\n", Schema.For("sqlite", sql));
        Assert.Equal("a\nc\nd\n\n", Schema.For("pg", sql));
    }

    private static Task LimitAsync(TestStore store, long pages) =>
        store.Db.WriteAsync(async tx => await tx.ExecuteAsync($"PRAGMA max_page_count = {pages}"));
}
