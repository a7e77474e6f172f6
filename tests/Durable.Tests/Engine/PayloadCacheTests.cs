using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Store;

namespace Pipeline.Durable.Tests.Engine;

public sealed class PayloadCacheTests
{
    [Fact]
    public async Task What_was_read_is_not_read_again_until_others_were_used_since()
    {
        await using var store = await TestStore.NewAsync(StoreKind.Sqlite);
        var cache = new PayloadCache(most: 300_000);
        var (first, second) = (Payload.Of($"\"{new string('a', 100_000)}\"", "it"), Payload.Of(Large('b'), "it"));
        foreach (var payload in new[] { first, second })
            await store.Db.WriteAsync(async tx => await tx.SavePayloadAsync("i", 0, payload));
        Assert.Equal(first.Data, (await ReadAsync(first))[first.Hash!]);
        await store.Db.WriteAsync(async tx => await tx.DropPayloadsAsync("i"));
        Assert.Equal(first.Data, (await ReadAsync(first))[first.Hash!]);
        await store.Db.WriteAsync(async tx => await tx.SavePayloadAsync("i", 0, second));
        Assert.Equal(second.Data, (await ReadAsync(second))[second.Hash!]);
        Assert.Empty(await ReadAsync(first));

        Task<IReadOnlyDictionary<string, string>> ReadAsync(Payload payload) =>
            store.Db.ReadAsync(tx => cache.ReadAsync(tx, TurnOf(payload)));
    }

    [Fact]
    public async Task What_the_code_asked_for_is_not_read_at_all()
    {
        await using var store = await TestStore.NewAsync(StoreKind.Sqlite);
        var payload = Payload.Of(Large('c'), "it");
        await store.Db.WriteAsync(async tx => await tx.SavePayloadAsync("i", 0, payload));
        var turn = TurnOf(payload);
        var asked = turn with { History = [turn.History[0] with { Kind = HistoryKind.TaskScheduled }] };
        Assert.Empty(await store.Db.ReadAsync(tx => new PayloadCache().ReadAsync(tx, asked)));
    }

    private static string Large(char c) => $"\"{new string(c, 100_000)}\"";

    private static Turn TurnOf(Payload payload) =>
        new(
            new InstanceRow { Id = "i" },
            [new(HistoryKind.TaskCompleted, 0, "1", payload.Text, null, default)],
            [],
            []
        );
}
