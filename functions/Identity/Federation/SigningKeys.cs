using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Pipeline.Identity.Federation;

/// <summary>One public key of an issuer, and the one algorithm that it is for.</summary>
internal sealed record SigningKey(string? Id, string Algorithm, RSAParameters? Rsa, ECParameters? Ec)
{
    private const int ShortestModulus = 256; // bytes

    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (Rsa is { } parameters)
        {
            using var rsa = RSA.Create(parameters);
            return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        using var ec = ECDsa.Create(Ec!.Value);
        return ec.VerifyData(
            data,
            signature,
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
    }

    /// <summary>The keys of a set that sign with RS256 or ES256; others are passed over.</summary>
    /// <exception cref="FormatException">It is no key set.</exception>
    public static IReadOnlyList<SigningKey> ReadSet(byte[] json)
    {
        try
        {
            var keys = JsonElement.Parse(json).GetProperty("keys");
            return [.. keys.EnumerateArray().Select(Read).OfType<SigningKey>()];
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("It is no JSON Web Key Set.", wrong);
        }
    }

    private static SigningKey? Read(JsonElement key)
    {
        if (Text(key, "use") is not (null or "sig"))
            return null;
        var (id, algorithm) = (Text(key, "kid"), Text(key, "alg"));
        return Text(key, "kty") switch
        {
            "RSA" when algorithm is null or "RS256" && Bytes(key, "n") is { Length: >= ShortestModulus } n => Bytes(
                key,
                "e"
            )
                is { } e
                ? new(id, "RS256", new RSAParameters { Modulus = n, Exponent = e }, null)
                : null,
            "EC" when algorithm is null or "ES256" && Text(key, "crv") == "P-256" => OnCurve(id, key),
            _ => null,
        };
    }

    private static SigningKey? OnCurve(string? id, JsonElement key)
    {
        if (Bytes(key, "x") is not { Length: 32 } x || Bytes(key, "y") is not { Length: 32 } y)
            return null;
        var parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = x, Y = y },
        };
        return new(id, "ES256", null, parameters);
    }

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement key, string name)
    {
        try
        {
            return Text(key, name) is { } text ? Base64Url.DecodeFromChars(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
