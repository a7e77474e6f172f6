using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Pipeline.Services.Tests.Identity.Signatures;

/// <summary>A client's half: requests signed with a key pair, as a service hands them on.</summary>
internal sealed record Signer(string Access, string Secret, DateTimeOffset Now)
{
    public const string NoBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public JsonObject Version2(string? timestamp = null, string host = "ec2.example:8773")
    {
        var made = timestamp ?? Now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var query =
            $"AWSAccessKeyId={Access}&Action=Describe%20it&SignatureMethod=HmacSHA256&SignatureVersion=2"
            + $"&Timestamp={Uri.EscapeDataString(made)}";
        var signature = Hmac(Bytes(Secret), $"GET\n{host}\n/services/Cloud\n{query}");
        return new()
        {
            ["access"] = Access,
            ["signature"] = Convert.ToBase64String(signature),
            ["host"] = "ec2.example:8773",
            ["verb"] = "GET",
            ["path"] = "/services/Cloud",
            ["params"] = new JsonObject
            {
                ["AWSAccessKeyId"] = Access,
                ["Action"] = "Describe it",
                ["SignatureMethod"] = "HmacSHA256",
                ["SignatureVersion"] = "2",
                ["Timestamp"] = made,
            },
        };
    }

    public JsonObject Version4()
    {
        var (date, day) = (Stamp, Stamp[..8]);
        var canonical = $"PUT\n/v1/stacks\na=1\nhost:cfn.example\nx-amz-date:{date}\n\nhost;x-amz-date\n{NoBody}";
        var scope = $"{day}/RegionOne/cloudformation/aws4_request";
        var text = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Hex(SHA256.HashData(Bytes(canonical)))}";
        var signature = Hex(Hmac(Key(day, "RegionOne", "cloudformation"), text));
        return new()
        {
            ["access"] = Access,
            ["signature"] = signature,
            ["host"] = "cfn.example",
            ["verb"] = "PUT",
            ["path"] = "/v1/stacks",
            ["params"] = new JsonObject { ["a"] = "1" },
            ["headers"] = new JsonObject
            {
                ["Host"] = "cfn.example",
                ["X-Amz-Date"] = date,
                ["Authorization"] =
                    $"AWS4-HMAC-SHA256 Credential={Access}/{scope}, SignedHeaders=host;x-amz-date, "
                    + $"Signature={signature}",
            },
            ["body_hash"] = NoBody,
        };
    }

    /// <summary>What an object store asks: the text that it has put together, and the signature that came with it.</summary>
    public JsonObject Store(bool first = false)
    {
        var day = Stamp[..8];
        var text = first
            ? "GET\n\n\nWed, 01 Jan 2031 00:00:00 GMT\n/bucket/object"
            : $"AWS4-HMAC-SHA256\n{Stamp}\n{day}/us-east-1/s3/aws4_request\n{NoBody}";
        return new()
        {
            ["access"] = Access,
            ["token"] = Convert.ToBase64String(Bytes(text)).Replace('+', '-').Replace('/', '_'),
            ["signature"] = first
                ? Convert.ToBase64String(HMACSHA1.HashData(Bytes(Secret), Bytes(text)))
                : Hex(Hmac(Key(day, "us-east-1", "s3"), text)),
        };
    }

    public static string Body(JsonObject credentials) =>
        new JsonObject { ["credentials"] = credentials.DeepClone() }.ToJsonString();

    private string Stamp => Now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private byte[] Key(string day, string region, string service) =>
        Hmac(Hmac(Hmac(Hmac(Bytes($"AWS4{Secret}"), day), region), service), "aws4_request");

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Bytes(text));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
