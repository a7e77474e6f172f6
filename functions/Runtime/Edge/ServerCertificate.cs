using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Pipeline.Runtime.Edge;

/// <summary>The API listener's certificate with its chain, from PEM files; a renewed one is taken at the next start.</summary>
internal sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain)
{
    /// <summary>Null when no file is named.</summary>
    /// <exception cref="Fault">BadRequest with a sentence for the operator.</exception>
    public static ServerCertificate? Load(string? certificate, string? key)
    {
        if (string.IsNullOrEmpty(certificate) && string.IsNullOrEmpty(key))
            return null;
        if (string.IsNullOrEmpty(certificate) || string.IsNullOrEmpty(key))
            throw Fault.BadRequest("Certificate and CertificateKey name two PEM files; one of them is missing.");
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            return new(X509Certificate2.CreateFromPemFile(certificate, key), chain);
        }
        catch (Exception unusable)
            when (unusable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Fault.BadRequest($"The certificate {certificate} or its key cannot be used: {unusable.Message}");
        }
    }

    public void Use(ListenOptions listener) =>
        listener.UseHttps(
            new HttpsConnectionAdapterOptions { ServerCertificate = Leaf, ServerCertificateChain = Chain }
        );
}
