using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>
/// The keys of tokens and of secrets. They lie in the database, each sealed by the key file outside it, so that functions hosts that
/// share the two share the keys. A new key seals only after a while in which every functions host has learnt of it, and an old one opens
/// for as long as something that it sealed may be shown.
/// </summary>
public sealed class KeyRing
{
    public const string Tokens = "tokens";
    public const string Secrets = "secrets";

    /// <summary>How often a functions host looks for keys that another one made.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    /// <summary>How long a new key opens before it seals: several looks, and the difference of clocks.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    /// <summary>Ids go round: no token begins with a dash, which shells would take for an option.</summary>
    private const int Ids = 128;
    private const int Races = 5;
    private readonly Database db;
    private readonly byte[] root;
    private readonly TimeProvider time;
    private readonly Randomness randomness;
    private volatile RingKey[] keys;

    private KeyRing(Database db, byte[] root, TimeProvider time, Randomness randomness, RingKey[] keys)
    {
        (this.db, this.root, this.time, this.randomness) = (db, root, time, randomness);
        this.keys = keys;
    }

    /// <summary>Reads the keys, and makes the first ones.</summary>
    /// <param name="root">The key file's 32 bytes.</param>
    /// <exception cref="Fault">BadRequest when the database's keys were sealed by another key file.</exception>
    public static async Task<KeyRing> OpenAsync(Database db, byte[] root, TimeProvider time, Randomness randomness)
    {
        var ring = new KeyRing(db, root, time, randomness, []);
        await ring.RefreshAsync();
        foreach (var purpose in new[] { Tokens, Secrets })
            while (ring.Of(purpose).Count == 0)
                await ring.TryRotateAsync(purpose); // who loses finds the winner's
        return ring;
    }

    /// <summary>The same for another functions host of this process.</summary>
    public KeyRing Over(Database other) => new(other, root, time, randomness, keys);

    /// <summary>All keys as one value: another one when any has changed.</summary>
    public IReadOnlyList<RingKey> Keys => keys;

    /// <summary>Of one purpose, the newest first.</summary>
    public IReadOnlyList<RingKey> Of(string purpose) => [.. keys.Where(key => key.Purpose == purpose)];

    /// <summary>The newest one that every functions host knows by now; the first one at once.</summary>
    public RingKey Sealing(string purpose)
    {
        var settled = time.GetUtcNow() - Settling;
        RingKey? last = null;
        foreach (var key in keys)
            if (key.Purpose == purpose)
            {
                last = key;
                if (key.MadeAt <= settled)
                    break;
            }
        return last ?? throw new InvalidOperationException($"there is no key for {purpose}");
    }

    /// <summary>Null for a key that this cloud does not have, or has no more, or not yet here.</summary>
    public RingKey? Find(string purpose, int id)
    {
        foreach (var key in keys)
            if (key.Id == id && key.Purpose == purpose)
                return key;
        return null;
    }

    /// <summary>Takes over what other functions hosts have made.</summary>
    public async Task RefreshAsync()
    {
        var rows = await db.ReadAsync(KeyringStore.ListKeysAsync);
        var known = keys;
        if (
            !rows.Select(row => (row.Purpose, row.Id, row.MadeAt))
                .SequenceEqual(known.Select(k => (k.Purpose, k.Id, k.MadeAt)))
        )
            keys = [.. rows.Select(row => Known(known, row) ?? Open(row))];
    }

    /// <summary>A new key, which seals when it has settled.</summary>
    /// <param name="also">Written in the same transaction.</param>
    /// <exception cref="Fault">Conflict when others make keys all the time, or 128 are in use.</exception>
    public async Task RotateAsync(string purpose, Func<Tx, ValueTask>? also = null)
    {
        for (var race = 0; race < Races; race++)
            if (await TryRotateAsync(purpose, also))
                return;
        throw Fault.Conflict($"The keys of {purpose} are being changed, or too many are in use; try again.");
    }

    /// <returns>False, and nothing was written, when the newest key is not the one known here.</returns>
    public async Task<bool> TryRotateAsync(string purpose, Func<Tx, ValueTask>? also = null)
    {
        var newest = Of(purpose) is [var key, ..] ? key : null;
        var made = Seal(purpose, newest is null ? 0 : (newest.Id + 1) % Ids);
        var added = await db.WriteAsync(async tx =>
        {
            await tx.LockAsync("keyring");
            if (await tx.NewestKeyAsync(purpose) != newest?.Id || !await tx.TryAddKeyAsync(made))
                return false;
            if (also is not null)
                await also(tx);
            return true;
        });
        await RefreshAsync();
        return added;
    }

    /// <summary>Forgets keys that nothing can need: the one after each has sealed for that long, and nothing is left that it sealed.</summary>
    public async Task RetireAsync(string purpose, TimeSpan overlap)
    {
        var own = Of(purpose);
        var served = time.GetUtcNow() - Settling - overlap;
        var over = own.Skip(1).Where((_, at) => own[at].MadeAt <= served).Select(key => key.Id).ToList();
        if (over.Count == 0)
            return;
        await db.WriteAsync(async tx =>
        {
            foreach (var id in over)
                if (purpose != Secrets || !await tx.IsSealedByAsync(id))
                    await tx.DeleteKeyAsync(purpose, id);
        });
        await RefreshAsync();
    }

    private static RingKey? Known(RingKey[] known, KeyringRow row) =>
        Array.Find(known, key => (key.Purpose, key.Id, key.MadeAt) == (row.Purpose, row.Id, row.MadeAt));

    private KeyringRow Seal(string purpose, int id)
    {
        using var box = new Box(root);
        return new()
        {
            Purpose = purpose,
            Id = id,
            Sealed = Convert.ToBase64String(box.Seal(randomness.Bytes(32), randomness, NameOf(purpose, id))),
        };
    }

    private RingKey Open(KeyringRow row)
    {
        try
        {
            using var box = new Box(root);
            var secret = box.Open(Convert.FromBase64String(row.Sealed), NameOf(row.Purpose, row.Id));
            return new(row.Purpose, row.Id, row.MadeAt, secret);
        }
        catch (CryptographicException e)
        {
            throw new Fault(
                FaultCode.BadRequest,
                "keys/secrets.key is not the one that this database's keys were sealed by: functions hosts that share a database share it.",
                cause: e
            );
        }
    }

    private static byte[] NameOf(string purpose, int id) => Encoding.UTF8.GetBytes($"{purpose}/{id}");
}

/// <param name="Id">Stands in clear before what the key has sealed.</param>
public sealed record RingKey(string Purpose, int Id, DateTimeOffset MadeAt, byte[] Secret);
