using Pipeline.Data;
using Pipeline.Identity;
using Pipeline.Identity.Tokens;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Identity.Tokens;

public sealed class TokenKeysTests : IAsyncLifetime
{
    private static readonly IdentityOptions Options = new();
    private readonly KeyFixture rings = new();
    private KeyRing ring = null!;

    public async ValueTask InitializeAsync() => ring = await rings.NewRingAsync();

    public ValueTask DisposeAsync() => rings.DisposeAsync();

    [Fact]
    public async Task A_new_key_opens_at_once_seals_when_it_has_settled_and_the_old_one_opens_until_its_tokens_have_expired()
    {
        var keys = NewKeys(ring);
        var first = keys.Primary;
        await ring.RotateAsync(KeyRing.Tokens);
        var second = ring.Of(KeyRing.Tokens)[0];
        Assert.Same(first, keys.Primary);
        Assert.NotNull(keys.Find((byte)second.Id));
        rings.Time.Advance(KeyRing.Settling);
        Assert.Equal(second.Id, keys.Primary.Id);
        rings.Time.Advance(Options.TokenLifetime - TimeSpan.FromSeconds(1));
        await TimerAsync();
        Assert.Same(first, keys.Find(first.Id));
        rings.Time.Advance(TimeSpan.FromSeconds(1));
        await TimerAsync();
        Assert.Null(keys.Find(first.Id));
    }

    [Fact]
    public async Task Keys_that_are_replaced_in_quick_succession_all_open_what_they_sealed()
    {
        var keys = NewKeys(ring);
        var used = new List<TokenKey>();
        for (var i = 0; i < 5; i++)
        {
            used.Add(keys.Primary);
            await ring.RotateAsync(KeyRing.Tokens);
            rings.Time.Advance(TimeSpan.FromMinutes(10));
            await TimerAsync();
        }
        Assert.All(used, key => Assert.Same(key, keys.Find(key.Id)));
        Assert.Equal(5, used.Distinct().Count());
    }

    [Fact]
    public async Task A_key_that_has_served_its_time_is_replaced_by_itself()
    {
        var keys = NewKeys(ring);
        var first = keys.Primary.Id;
        rings.Time.Advance(Options.KeyRotation);
        await TimerAsync();
        rings.Time.Advance(KeyRing.Settling);
        Assert.NotEqual(first, keys.Primary.Id);
    }

    [Fact]
    public async Task A_functions_host_looks_for_an_unknown_key_at_most_once_a_second()
    {
        var keys = NewKeys(await rings.NewRingAsync());
        rings.Time.Advance(TimeSpan.FromSeconds(2));
        await ring.RotateAsync(KeyRing.Tokens);
        var id = (byte)ring.Of(KeyRing.Tokens)[0].Id;
        Assert.Null(keys.Find(id));
        Assert.True(await keys.LookAsync());
        Assert.NotNull(keys.Find(id));
        Assert.False(await keys.LookAsync());
    }

    [Fact]
    public async Task No_key_begins_a_token_with_a_dash()
    {
        var keys = NewKeys(ring);
        for (var i = 0; i < 130; i++)
        {
            rings.Time.Advance(Options.KeyRotation);
            await TimerAsync();
            Assert.InRange(keys.Primary.Id, 0, 127);
        }
    }

    private TokenKeys NewKeys(KeyRing of) => new(of, rings.Time);

    private Task TimerAsync() => new RotateTokenKeys(ring, Options, rings.Time).RunAsync(null!);
}
