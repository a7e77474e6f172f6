using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Agent.Metadata;

/// <summary>
/// Session tokens as EC2's second version of metadata has them: a guest gets one by a PUT, which what merely fetches URLs
/// for others cannot send, and shows it from then on. A token says by itself whose it is and until when: nothing is kept.
/// </summary>
/// <param name="key">32 bytes, the same for the service's lives.</param>
internal sealed class SessionTokens(byte[] key, TimeProvider time)
{
    public const string Path = "/latest/api/token";
    public const string Header = "X-aws-ec2-metadata-token";
    public const string LifeHeader = "X-aws-ec2-metadata-token-ttl-seconds";
    private const int LongestLife = 21_600;

    /// <summary>What a request for a token is answered.</summary>
    public byte[] Answer(ServerId server, HttpHead head)
    {
        if (head.Method != "PUT")
            return HttpAnswer.NotAllowed("PUT");
        if (head.Header("X-Forwarded-For") is not null)
            return HttpAnswer.Status("403 Forbidden"); // a proxy asks for somebody else
        if (
            !int.TryParse(head.Header(LifeHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 1 or > LongestLife
        )
            return HttpAnswer.BadRequest;
        return HttpAnswer.Text(Issue(server, seconds), $"{LifeHeader}: {seconds}\r\n");
    }

    public string Issue(ServerId server, int seconds)
    {
        var token = new byte[sizeof(long) + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, time.GetUtcNow().ToUnixTimeSeconds() + seconds);
        Seal(server, token.AsSpan(0, sizeof(long)), token.AsSpan(sizeof(long)));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Whether it was given to this server, and its time is not over.</summary>
    public bool IsGood(ServerId server, string text)
    {
        var token = new byte[sizeof(long) + SHA256.HashSizeInBytes];
        if (
            text.Length > 64
            || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, token, out var length)
            || length != token.Length
        )
            return false;
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        Seal(server, token.AsSpan(0, sizeof(long)), expected);
        return CryptographicOperations.FixedTimeEquals(expected, token.AsSpan(sizeof(long)))
            && BinaryPrimitives.ReadInt64BigEndian(token) > time.GetUtcNow().ToUnixTimeSeconds();
    }

    private void Seal(ServerId server, ReadOnlySpan<byte> until, Span<byte> seal) =>
        HMACSHA256.HashData(key, [.. Encoding.ASCII.GetBytes($"{server}"), .. until], seal);
}
