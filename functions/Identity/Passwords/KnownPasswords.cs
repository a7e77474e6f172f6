using System.Security.Cryptography;
using System.Text;
using Pipeline.Data;

namespace Pipeline.Identity.Passwords;

/// <summary>
/// The password that each user, or application credential, last proved, as a MAC under a key that only this process has, over the stored hash too:
/// a login after the first costs microseconds, and a changed password is unknown by itself.
/// </summary>
internal sealed class KnownPasswords(Randomness randomness)
{
    private const int Most = 10_000;

    private readonly byte[] key = randomness.Bytes(32);
    private readonly Lock gate = new();
    private readonly Dictionary<string, byte[]> proved = [];

    public bool Has(string whose, string hash, string password)
    {
        byte[]? mac;
        lock (gate)
            if (!proved.TryGetValue(whose, out mac))
                return false;
        return CryptographicOperations.FixedTimeEquals(mac, Mac(hash, password));
    }

    public void Remember(string whose, string hash, string password)
    {
        var mac = Mac(hash, password);
        lock (gate)
        {
            if (proved.Count >= Most)
                proved.Clear();
            proved[whose] = mac;
        }
    }

    private byte[] Mac(string hash, string password) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{hash}\0{password}"));
}
