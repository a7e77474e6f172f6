using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Compute.Keypairs;

internal sealed record Keypair
{
    public UserId UserId { get; init; }
    public string Name { get; init; } = "";
    public string Type { get; init; } = "ssh";
    public string PublicKey { get; init; } = "";
    public string Fingerprint { get; init; } = "";
    public long Number { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Nova's rules: 1 to 255 of letters, digits, blank and -_.@; the key is one OpenSSH public key.</summary>
    public static Keypair Accept(UserId user, string name, string publicKey)
    {
        if (
            name.Length is 0 or > 255
            || name.Trim().Length == 0
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || " -_.@".Contains(c))
        )
            throw Fault.BadRequest(
                $"Keypair data is invalid: Keypair name contains unsafe characters or is not 1 to 255 characters long: {name}"
            );
        return new()
        {
            UserId = user,
            Name = name,
            PublicKey = publicKey,
            Fingerprint = FingerprintOf(publicKey),
        };
    }

    /// <summary>A fresh RSA key pair: the public key in OpenSSH's form, the private one as PEM, shown once.</summary>
    public static (string PublicKey, string PrivateKey) Generate()
    {
        using var rsa = RSA.Create(2048);
        var key = rsa.ExportParameters(false);
        using var blob = new MemoryStream();
        Write(blob, "ssh-rsa"u8);
        Write(blob, Positive(key.Exponent!));
        Write(blob, Positive(key.Modulus!));
        var publicKey = $"ssh-rsa {Convert.ToBase64String(blob.ToArray())} Generated-by-Nova";
        return (publicKey, rsa.ExportRSAPrivateKeyPem() + "\n");
    }

    /// <summary>MD5 of the key's blob, as pairs of hex digits with colons.</summary>
    private static string FingerprintOf(string publicKey)
    {
        var parts = publicKey.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var blob = new byte[publicKey.Length];
        if (
            parts.Length < 2
            || publicKey.Trim().Contains('\n')
            || !Convert.TryFromBase64String(parts[1], blob, out var length)
            || !blob.AsSpan(0, length).StartsWith(Prefixed(parts[0]))
        )
            throw Fault.BadRequest("Keypair data is invalid: failed to generate fingerprint");
        return string.Join(':', MD5.HashData(blob.AsSpan(0, length)).Select(b => b.ToString("x2")));
    }

    private static byte[] Prefixed(string type)
    {
        using var text = new MemoryStream();
        Write(text, Encoding.ASCII.GetBytes(type));
        return text.ToArray();
    }

    private static void Write(MemoryStream target, ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        target.Write(length);
        target.Write(value);
    }

    /// <summary>SSH's mpint: a leading zero keeps it positive.</summary>
    private static byte[] Positive(byte[] number) => (number[0] & 0x80) == 0 ? number : [0, .. number];
}
