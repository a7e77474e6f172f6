using Pipeline.Data;

namespace Pipeline.Identity.Tokens;

/// <summary>
/// The keys of tokens: a primary that seals, and the one before it that still opens. They lie in a file outside the
/// database, mode 0600, made at the first start; functions hosts that share the folder share the keys.
/// </summary>
internal sealed class TokenKeys
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly string file;
    private readonly TimeSpan rotation;
    private readonly TimeProvider time;
    private readonly Randomness randomness;
    private volatile TokenKey[] keys;
    private long lookedAt;

    public TokenKeys(IdentityOptions options, TimeProvider time, Randomness randomness)
    {
        if (options.KeyRotation < options.TokenLifetime)
            throw new InvalidOperationException("Token keys must be rotated less often than tokens expire.");
        file = Path.Combine(options.KeyFolder, "token-keys");
        rotation = options.KeyRotation;
        this.time = time;
        this.randomness = randomness;
        Directory.CreateDirectory(options.KeyFolder);
        if (!File.Exists(file))
            Create();
        keys = Read();
        lookedAt = time.GetTimestamp();
    }

    public TokenKey Primary => keys[0];

    /// <summary>Null for a key that this cloud does not have, or has no more.</summary>
    public TokenKey? Find(byte id)
    {
        if (Known(id) is { } key)
            return key;
        // Another functions host may have rotated. Unknown ids come from strangers too, so the file is not read for each.
        var looked = Interlocked.Read(ref lookedAt);
        if (
            time.GetElapsedTime(looked) < BetweenLooks
            || Interlocked.CompareExchange(ref lookedAt, time.GetTimestamp(), looked) != looked
        )
            return null;
        keys = Read();
        return Known(id);
    }

    /// <summary>A new primary when the present one has served its time. One functions host at a time does it.</summary>
    public void RotateWhenDue()
    {
        using var turn = TryLock();
        if (turn is null)
            return;
        keys = Read();
        if (time.GetUtcNow() - Primary.MadeAt < rotation)
            return;
        var next = New((byte)((Primary.Id + 1) % 128)); // no token begins with a dash, which shells would take for an option
        Write(file + ".next", next, Primary);
        File.Move(file + ".next", file, overwrite: true);
        keys = [next, Primary];
    }

    private TokenKey? Known(byte id)
    {
        foreach (var key in keys)
            if (key.Id == id)
                return key;
        return null;
    }

    private void Create()
    {
        var mine = $"{file}.{randomness.NewGuid():N}";
        Write(mine, New(0));
        try
        {
            File.Move(mine, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file)) // another functions host was first: its keys are everyone's
        {
            File.Delete(mine);
        }
    }

    private TokenKey New(byte id) => new(id, time.GetUtcNow(), randomness.Bytes(32));

    private TokenKey[] Read()
    {
        var read = File.ReadLines(file).Where(line => line.Length > 0).Select(TokenKey.FromLine).ToArray();
        return read.Length > 0 ? read : throw new InvalidDataException($"{file} holds no token key.");
    }

    private FileStream? TryLock()
    {
        try
        {
            return new(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Write(string path, params TokenKey[] keys)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var stream = new FileStream(path, options);
        using var writer = new StreamWriter(stream);
        foreach (var key in keys)
            writer.WriteLine(key.ToLine());
        writer.Flush();
        stream.Flush(flushToDisk: true); // the name must never stand for an empty file
    }
}
