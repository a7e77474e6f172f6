using Pipeline.Data;

namespace Pipeline.Durable.Tests.Store;

public sealed class RandomnessTests
{
    [Fact]
    public void No_bytes_are_given_twice_however_many_draw_at_once()
    {
        var randomness = Randomness.Secure();
        var drawn = new Guid[8][];
        var threads = Enumerable
            .Range(0, drawn.Length)
            .Select(i => new Thread(() => drawn[i] = Draw(randomness)))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(16_000, drawn.SelectMany(ids => ids).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(10_000)]
    public void Every_length_is_filled_to_its_end(int length)
    {
        var randomness = Randomness.Secure();
        var last = Enumerable.Range(0, 64).Select(_ => randomness.Bytes(length)[^1]).Distinct();
        Assert.True(last.Count() > 1); // 64 equal bytes by chance: once in 2^504
    }

    [Fact]
    public void A_seed_gives_the_same_bytes_again() =>
        Assert.Equal(Randomness.Seeded(7).Bytes(100), Randomness.Seeded(7).Bytes(100));

    private static Guid[] Draw(Randomness from) => [.. Enumerable.Range(0, 2_000).Select(_ => from.NewGuid())];
}
