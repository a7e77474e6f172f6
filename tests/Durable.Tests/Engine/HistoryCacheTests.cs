using Pipeline.Durable.Hub;

namespace Pipeline.Durable.Tests.Engine;

public sealed class HistoryCacheTests
{
    private static readonly HistoryEvent[] Two =
    [
        new(HistoryKind.OrchestratorStarted, -1, null, null, null, default),
        new(HistoryKind.ExecutionStarted, -1, null, null, null, default),
    ];

    [Fact]
    public void What_is_kept_is_a_prefix_of_what_is_stored_or_nothing()
    {
        var cache = new HistoryCache();
        var row = new InstanceRow { Id = "a", NextSeq = 2 };
        Assert.Empty(cache.Find(row));
        cache.Keep(row, Two);
        Assert.Equal(Two, cache.Find(row));
        Assert.Equal(Two, cache.Find(row with { NextSeq = 5 }));
        Assert.Empty(cache.Find(row with { NextSeq = 1 }));
        Assert.Empty(cache.Find(row with { Generation = 1 }));
        Assert.Empty(cache.Find(row with { Id = "b" }));
        cache.Forget("a");
        Assert.Empty(cache.Find(row));
    }

    [Fact]
    public void It_is_bounded()
    {
        var cache = new HistoryCache();
        for (var i = 0; i < 10_000; i++)
            cache.Keep(new InstanceRow { Id = $"{i}", NextSeq = 2 }, Two);
        var kept = Enumerable
            .Range(0, 10_000)
            .Count(i => cache.Find(new InstanceRow { Id = $"{i}", NextSeq = 2 }).Count > 0);
        Assert.InRange(kept, 1, 2_000);
    }
}
