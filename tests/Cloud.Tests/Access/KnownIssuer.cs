using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Identity;

namespace Pipeline.Cloud.Tests.Access;

/// <summary>An issuer that a simulated cloud trusts; its keys are a call away, without a network.</summary>
internal sealed class KnownIssuer : IDisposable
{
    public const string Name = "https://issuer.test";
    private const string Audience = "cloud";
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public IdentityOptions Trusted(IdentityOptions options) =>
        options with
        {
            Issuers = [new(Name, Audience, new($"{Name}/keys"))],
            ToIssuers = () => new KeySet(Keys()),
        };

    /// <summary>The issuer's word that somebody is who they say; good for a day.</summary>
    public string Sign(string subject, DateTimeOffset now)
    {
        var head = new JsonObject { ["alg"] = "ES256" };
        var claims = new JsonObject
        {
            ["iss"] = Name,
            ["aud"] = Audience,
            ["sub"] = subject,
            ["exp"] = now.AddDays(1).ToUnixTimeSeconds(),
        };
        var text = $"{Encoded(head)}.{Encoded(claims)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose() => key.Dispose();

    private byte[] Keys()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var shown = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
        return Encoding.UTF8.GetBytes(new JsonObject { ["keys"] = new JsonArray(shown) }.ToJsonString());
    }

    private static string Encoded(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private sealed class KeySet(byte[] keys) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(keys) });
    }
}
