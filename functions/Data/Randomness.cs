using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pipeline.Data;

/// <summary>The one source of ids and random bytes: the machine's in production, a seed's in the simulation.</summary>
public sealed class Randomness
{
    private const int Drawn = 4096; // bytes at a time: a call of the machine's generator costs more than the bytes

    private readonly Lock gate = new();
    private readonly Random? seeded;
    private readonly byte[] ahead = new byte[Drawn];
    private int left;

    private Randomness(Random? seeded) => this.seeded = seeded;

    public static Randomness Secure() => new(null);

    public static Randomness Seeded(int seed) => new(new Random(seed));

    public Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    public void Fill(Span<byte> bytes)
    {
        lock (gate)
        {
            if (seeded is not null)
                seeded.NextBytes(bytes);
            else if (bytes.Length > Drawn / 16)
                RandomNumberGenerator.Fill(bytes);
            else
                TakeAhead(bytes);
        }
    }

    private void TakeAhead(Span<byte> bytes)
    {
        if (left < bytes.Length)
        {
            RandomNumberGenerator.Fill(ahead);
            left = Drawn;
        }
        var taken = ahead.AsSpan(left - bytes.Length, bytes.Length);
        taken.CopyTo(bytes);
        taken.Clear(); // what was given away is nowhere else
        left -= bytes.Length;
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>A whole number from 0 up to, not including, <paramref name="limit"/>.</summary>
    public int Next(int limit)
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return (int)(BinaryPrimitives.ReadUInt64LittleEndian(bytes) % (ulong)limit);
    }

    /// <summary>A password of <paramref name="length"/> letters and digits, none that look alike.</summary>
    public string Password(int length)
    {
        const string letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        return string.Create(
            length,
            this,
            (span, self) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = letters[self.Next(letters.Length)];
            }
        );
    }
}
