using System.Text;
using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Services.Tests.Identity.Tokens;

/// <summary>One ring in one database, for all functions hosts that have the same key file.</summary>
public sealed class KeyRingTests : IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly KeyFixture rings = new();
    private KeyRing ring = null!;

    public async ValueTask InitializeAsync() => ring = await rings.NewRingAsync();

    public ValueTask DisposeAsync() => rings.DisposeAsync();

    [Fact]
    public async Task Functions_hosts_share_the_keys_and_take_new_ones_over()
    {
        var other = await rings.NewRingAsync();
        Assert.Equal(ring.Sealing(KeyRing.Tokens).Secret, other.Sealing(KeyRing.Tokens).Secret);
        await ring.RotateAsync(KeyRing.Secrets);
        Assert.Single(other.Of(KeyRing.Secrets));
        await other.RefreshAsync();
        Assert.Equal(ring.Of(KeyRing.Secrets)[0].Secret, other.Of(KeyRing.Secrets)[0].Secret);
        Assert.Equal(32, ring.Of(KeyRing.Secrets)[0].Secret.Distinct().Count() > 8 ? 32 : 0);
        Assert.Equal(0, ring.Sealing(KeyRing.Secrets).Id); // nobody seals by the new one yet
        rings.Time.Advance(KeyRing.Settling);
        Assert.Equal(1, other.Sealing(KeyRing.Secrets).Id);
    }

    [Fact]
    public async Task Of_functions_hosts_that_start_at_once_one_makes_the_first_keys()
    {
        await rings.Database.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM keyring"));
        var started = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => rings.NewRingAsync()));
        Assert.Single(started.Select(r => Convert.ToHexString(r.Sealing(KeyRing.Tokens).Secret)).Distinct());
        Assert.All(started, r => Assert.Equal(2, r.Keys.Count));
    }

    [Fact]
    public async Task What_is_asked_for_by_many_at_once_leaves_one_ring()
    {
        var others = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => rings.NewRingAsync()));
        await Task.WhenAll(others.Select(r => r.RotateAsync(KeyRing.Tokens)));
        foreach (var other in others)
            await other.RefreshAsync();
        Assert.All(others, r => Assert.Equal(5, r.Of(KeyRing.Tokens).Count));
        Assert.Single(
            others.Select(r => string.Join(' ', r.Keys.Select(k => Convert.ToHexString(k.Secret)))).Distinct()
        );
    }

    [Fact]
    public async Task A_functions_host_with_another_key_file_does_not_start()
    {
        var refused = await Assert.ThrowsAsync<Fault>(() => rings.NewRingAsync(root: 2));
        Assert.Contains("keys/secrets.key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_with_a_rotation_is_written_with_it_or_neither_is()
    {
        var refusal = Fault.Conflict("no");
        await Assert.ThrowsAsync<Fault>(() => ring.RotateAsync(KeyRing.Tokens, _ => throw refusal));
        await ring.RefreshAsync();
        Assert.Single(ring.Of(KeyRing.Tokens));
    }

    [Fact]
    public async Task Secrets_are_readable_at_every_moment_of_a_rotation_and_afterwards_sealed_by_the_new_key_alone()
    {
        using var vault = NewVault(ring);
        using var before = new Vault(Root, rings.Randomness); // sealed by the key file itself
        var secrets = Enumerable.Range(0, 250).Select(i => (i % 3 == 0 ? before : vault).Seal(TextOf(i))).ToList();
        await rings.Database.WriteAsync(async tx =>
        {
            foreach (var secret in secrets)
                await tx.PutSecretAsync("server/x", secret);
        });
        var rotation = new SecretRotation(rings.Database, ring, vault);
        Assert.Equal(0, await rotation.ResealAsync());
        await ring.RotateAsync(KeyRing.Secrets);
        rings.Time.Advance(KeyRing.Settling);
        using var other = NewVault(await rings.NewRingAsync());
        while (await rotation.ResealAsync() is > 0 and var some) // each of them may be the last before a death
        {
            Assert.InRange(some, 1, 100);
            await ReadAllAsync(other, secrets);
        }
        await ring.RetireAsync(KeyRing.Secrets, Day);
        Assert.Equal(2, ring.Of(KeyRing.Secrets).Count);
        rings.Time.Advance(Day);
        await ring.RetireAsync(KeyRing.Secrets, Day);
        Assert.Single(ring.Of(KeyRing.Secrets));
        await ReadAllAsync(other, secrets);
        using var fresh = NewVault(await rings.NewRingAsync());
        await ReadAllAsync(fresh, secrets);
    }

    [Fact]
    public async Task A_key_stays_while_a_secret_needs_it()
    {
        using var vault = NewVault(ring);
        var secret = vault.Seal(TextOf(1));
        await rings.Database.WriteAsync(tx => tx.PutSecretAsync("server/x", secret));
        await ring.RotateAsync(KeyRing.Secrets);
        rings.Time.Advance(Day + Day);
        await ring.RetireAsync(KeyRing.Secrets, Day);
        Assert.Equal(2, ring.Of(KeyRing.Secrets).Count);
        Assert.Equal(TextOf(1), vault.Open(secret));
    }

    private static byte[] Root => [.. Enumerable.Repeat((byte)1, 32)];

    private Vault NewVault(KeyRing of) => new(Root, rings.Randomness, of);

    private static byte[] TextOf(int number) => Encoding.UTF8.GetBytes($"secret {number}");

    private async Task ReadAllAsync(Vault vault, List<SealedSecret> secrets)
    {
        for (var i = 0; i < secrets.Count; i++)
        {
            var found = await rings.Database.ReadAsync(tx => tx.FindSecretAsync(secrets[i].Id));
            Assert.Equal(TextOf(i), vault.Open(found!));
        }
    }
}
