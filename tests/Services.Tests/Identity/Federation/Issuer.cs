using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Pipeline.Identity.Federation;

namespace Pipeline.Services.Tests.Identity.Federation;

/// <summary>A small issuer on this machine: an RSA and an EC key, their set over HTTP, and whatever claims a test wants signed.</summary>
internal sealed class Issuer : IAsyncDisposable
{
    public const string Audience = "cloud";
    private readonly WebApplication app;
    private readonly RSA rsa = RSA.Create(2048);
    private readonly ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int asked;

    private Issuer(WebApplication app) => this.app = app;

    public static string Name => "https://issuer.example";

    public int Asked => Volatile.Read(ref asked);

    /// <summary>What its key set is answered with.</summary>
    public Func<string> Set { get; set; } = () => "{}";

    public OidcIssuer Setting => new(Name, Audience, new($"{app.Urls.Single()}/keys"));

    public static async Task<Issuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        var issuer = new Issuer(server);
        issuer.Set = () => issuer.Keys().ToJsonString();
        server.Run(context =>
        {
            Interlocked.Increment(ref issuer.asked);
            return context.Response.WriteAsync(issuer.Set());
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    public JsonObject Keys()
    {
        var (r, e) = (rsa.ExportParameters(false), ec.ExportParameters(false));
        return new()
        {
            ["keys"] = new JsonArray(
                new JsonObject
                {
                    ["kty"] = "RSA",
                    ["kid"] = "r",
                    ["alg"] = "RS256",
                    ["use"] = "sig",
                    ["n"] = Base64Url.EncodeToString(r.Modulus),
                    ["e"] = Base64Url.EncodeToString(r.Exponent),
                },
                new JsonObject
                {
                    ["kty"] = "EC",
                    ["kid"] = "e",
                    ["crv"] = "P-256",
                    ["x"] = Base64Url.EncodeToString(e.Q.X),
                    ["y"] = Base64Url.EncodeToString(e.Q.Y),
                },
                new JsonObject
                {
                    ["kty"] = "oct",
                    ["kid"] = "o",
                    ["k"] = "AAAA",
                }
            ),
        };
    }

    public static JsonObject Claims(DateTimeOffset now) =>
        new()
        {
            ["iss"] = Name,
            ["aud"] = new JsonArray("other", Audience),
            ["sub"] = "4711",
            ["exp"] = now.ToUnixTimeSeconds() + 300,
            ["preferred_username"] = "ada",
            ["email"] = "ada@example.org",
            ["groups"] = new JsonArray("builders", "visitors"),
        };

    public string Sign(JsonObject claims, string algorithm = "RS256", string? kid = "", JsonObject? head = null)
    {
        var header = head ?? new JsonObject { ["alg"] = algorithm };
        if (kid is not null)
            header["kid"] =
                kid.Length > 0 ? kid
                : algorithm == "ES256" ? "e"
                : "r";
        var text = $"{Encoded(header.ToJsonString())}.{Encoded(claims.ToJsonString())}";
        var bytes = Encoding.ASCII.GetBytes(text);
        var signature = algorithm switch
        {
            "ES256" => ec.SignData(bytes, HashAlgorithmName.SHA256),
            "RS256" => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "HS256" => HMACSHA256.HashData(rsa.ExportRSAPublicKey(), bytes),
            _ => [],
        };
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        rsa.Dispose();
        ec.Dispose();
    }

    private static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
