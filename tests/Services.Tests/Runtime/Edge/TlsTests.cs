using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pipeline.Runtime.Edge;

namespace Pipeline.Services.Tests.Runtime.Edge;

public sealed class TlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-tls-").FullName;

    [Fact]
    public async Task The_API_is_served_over_TLS_with_the_named_certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=cloud.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(PathOf("cert.pem"), certificate.ExportCertificatePem(), Token);
        await File.WriteAllTextAsync(PathOf("key.pem"), key.ExportPkcs8PrivateKeyPem(), Token);

        await using var host = await RealHost.StartAsync(
            ["--certificate", PathOf("cert.pem"), "--certificate-key", PathOf("key.pem")],
            _ => { }
        );
        // The client trusts this certificate and no other.
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(certificate);
        using var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = policy } };
        using var client = new HttpClient(handler) { BaseAddress = host.Api };
        Assert.Equal(404, (int)(await client.GetAsync("/compute/v2.1/nowhere", Token)).StatusCode);
    }

    [Theory]
    [InlineData("cert.pem", null, "one of them is missing")]
    [InlineData("absent.pem", "absent.pem", "cannot be used")]
    public void A_certificate_that_cannot_be_used_is_refused_with_a_sentence(string file, string? key, string refusal)
    {
        var fault = Assert.Throws<Fault>(() => ServerCertificate.Load(PathOf(file), key is null ? null : PathOf(key)));
        Assert.Contains(refusal, fault.Message);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string PathOf(string file) => Path.Combine(folder, file);
}
