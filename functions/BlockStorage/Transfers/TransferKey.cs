using System.Security.Cryptography;
using System.Text;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Transfers;

/// <summary>The key of a transfer: 128 random bits, told once. What is kept is a hash of it with a salt of its own.</summary>
internal sealed record TransferKey(string Text, string Salt, string Hash)
{
    private const int KeyBytes = 16;
    private const int SaltBytes = 8;

    public static TransferKey Make(Randomness randomness)
    {
        var text = Convert.ToHexStringLower(randomness.Bytes(KeyBytes));
        var salt = Convert.ToHexStringLower(randomness.Bytes(SaltBytes));
        return new(text, salt, HashOf(text, salt));
    }

    public static bool Opens(string text, Transfer transfer) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(HashOf(text, transfer.Salt)),
            Encoding.ASCII.GetBytes(transfer.KeyHash)
        );

    private static string HashOf(string text, string salt) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromHexString(salt), Encoding.UTF8.GetBytes(text)));
}
