using Pipeline.Data;
using Pipeline.Identity.Tokens;

namespace Pipeline.Services.Tests.Identity.Tokens;

public sealed class TokenSealTests : IAsyncLifetime
{
    private readonly Randomness randomness = Randomness.Seeded(7);
    private readonly Cloud cloud = new() { Id = "cloud", Line = 1 };
    private readonly KeyFixture rings = new();
    private TokenKeys keys = null!;
    private TokenSeal seal = null!;

    public async ValueTask InitializeAsync()
    {
        keys = await NewKeysAsync();
        seal = new(keys, cloud, randomness);
    }

    [Fact]
    public void What_was_sealed_opens_to_the_same()
    {
        for (var i = 0; i < 200; i++)
        {
            var token = AnyToken(roles: randomness.Next(20));
            var opened = seal.Open(seal.Seal(token));
            Assert.NotNull(opened);
            Assert.Equal(token.Roles, opened.Roles);
            Assert.Equal(token.Between, opened.Between);
            Assert.Equal(token with { Roles = opened.Roles, Between = opened.Between }, opened);
        }
    }

    [Fact]
    public void A_token_is_at_most_250_characters_that_need_no_escape()
    {
        for (var i = 0; i < 200; i++)
        {
            var text = seal.Seal(AnyToken(roles: i));
            Assert.InRange(text.Length, 1, 250);
            Assert.All(text, c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
            Assert.NotEqual('-', text[0]);
        }
    }

    [Fact]
    public void Roles_too_many_for_a_token_are_those_that_hold_when_it_is_used()
    {
        Assert.NotNull(seal.Open(seal.Seal(AnyToken(roles: 12)))!.Roles);
        Assert.Null(seal.Open(seal.Seal(AnyToken(roles: 150)))!.Roles);
    }

    [Fact]
    public void A_token_changed_in_any_character_does_not_open()
    {
        var text = seal.Seal(AnyToken(roles: 4));
        for (var at = 0; at < text.Length; at++)
            foreach (var other in "AQgw_09z".Where(c => c != text[at]))
                Assert.Null(seal.Open($"{text[..at]}{other}{text[(at + 1)..]}"));
        Assert.Null(seal.Open(text[..^1]));
        Assert.Null(seal.Open(text + "A"));
        Assert.Null(seal.Open(text + "="));
        Assert.Null(seal.Open(text + " "));
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("gAAAAABh")]
    [InlineData("not a token")]
    [InlineData("é")]
    public void What_was_never_a_token_does_not_open(string text) => Assert.Null(seal.Open(text));

    [Fact]
    public async Task A_token_of_another_cloud_or_of_another_line_of_this_one_does_not_open()
    {
        var text = seal.Seal(AnyToken(roles: 1));
        Assert.Null(new TokenSeal(keys, cloud with { Line = 2 }, randomness).Open(text));
        Assert.Null(new TokenSeal(keys, cloud with { Id = "other" }, randomness).Open(text));
        Assert.NotNull(new TokenSeal(await NewKeysAsync(), cloud, randomness).Open(text));
    }

    public ValueTask DisposeAsync() => rings.DisposeAsync();

    private async Task<TokenKeys> NewKeysAsync() => new(await rings.NewRingAsync(), rings.Time);

    private TokenScope AnyScope() =>
        randomness.Next(4) switch
        {
            0 => TokenScope.System,
            1 => TokenScope.Of(new DomainId("default")),
            2 => TokenScope.Of(new DomainId(randomness.NewGuid().ToString("N"))),
            _ => TokenScope.Of(new ProjectId(randomness.NewGuid().ToString("N"))),
        };

    private Token AnyToken(int roles)
    {
        var issued = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000 + randomness.Next(1000));
        var scoped = roles > 0;
        var token = new Token(
            new(randomness.NewGuid().ToString("N")),
            scoped ? AnyScope() : TokenScope.None,
            AuthMethods.Password | AuthMethods.Token,
            new(randomness.NewGuid()),
            issued,
            issued + TimeSpan.FromSeconds(randomness.Next(100_000)),
            randomness.Next(int.MaxValue)
        )
        {
            Delegation =
                roles < 8 && randomness.Next(3) == 0
                    ? new Delegated((DelegationKind)(1 + randomness.Next(2)), randomness.NewGuid().ToString("N"))
                    : null,
            Roles = [.. Enumerable.Range(0, roles).Select(_ => randomness.Next(1000) + 1)],
        };
        return randomness.Next(2) == 0
            ? token
            : token with
            {
                Root = new(randomness.NewGuid()),
                Between = [.. Enumerable.Range(0, randomness.Next(5)).Select(at => (ulong)at << 60)],
            };
    }
}
