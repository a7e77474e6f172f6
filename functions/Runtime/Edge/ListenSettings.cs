using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Pipeline.Runtime.Settings;

namespace Pipeline.Runtime.Edge;

/// <summary>Where the functions host listens, and as what it is known. The command line wins over the environment, that over the files.</summary>
/// <param name="Api">Where the APIs are served: one port, on one address or more.</param>
/// <param name="Certificate">What the API listener shows; null for plain HTTP, which is for loopback or behind a proxy.</param>
/// <param name="PublicUrl">What clients and guests call it by; null: whatever they did call it by.</param>
internal sealed record ListenSettings(
    IReadOnlyList<IPEndPoint> Api,
    IPEndPoint Management,
    ServerCertificate? Certificate,
    Uri? PublicUrl,
    IReadOnlyList<IPAddress> Proxies
)
{
    public const int ApiPort = 7071;
    public const int ManagementPort = 7072;

    /// <summary>Switches of the command line and the settings they are.</summary>
    public static IReadOnlyDictionary<string, string> Switches { get; } =
        new Dictionary<string, string>
        {
            ["--address"] = "Address",
            ["--port"] = "Port",
            ["--management-address"] = "ManagementAddress",
            ["--management-port"] = "ManagementPort",
            ["--certificate"] = "Certificate",
            ["--certificate-key"] = "CertificateKey",
            ["--public-url"] = "PublicUrl",
            ["--trusted-proxies"] = "TrustedProxies",
        };

    /// <exception cref="Fault">BadRequest with a sentence for the operator.</exception>
    public static ListenSettings Of(IConfiguration settings, LocalSettings local)
    {
        var port = Port(settings, "Port", local.LocalHttpPort ?? ApiPort);
        var management = new IPEndPoint(
            Addresses(settings, "ManagementAddress")[0],
            Port(settings, "ManagementPort", ManagementPort)
        );
        if (port == management.Port && port != 0)
            throw Fault.BadRequest($"Port and ManagementPort are both {port}; they must differ.");
        return new(
            [.. Addresses(settings, "Address").Select(address => new IPEndPoint(address, port))],
            management,
            ServerCertificate.Load(settings["Certificate"], settings["CertificateKey"]),
            UrlOf(settings["PublicUrl"]),
            List("TrustedProxies", settings["TrustedProxies"] ?? "")
        );
    }

    private static List<IPAddress> Addresses(IConfiguration settings, string name) =>
        settings[name] is { Length: > 0 } text ? List(name, text) : [IPAddress.Loopback];

    private static int Port(IConfiguration settings, string name, int otherwise) =>
        settings[name] is not { Length: > 0 } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port
        : throw Fault.BadRequest($"{name} '{text}' is not a port.");

    private static Uri? UrlOf(string? text) =>
        text is not { Length: > 0 } ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0
            ? url
        : throw Fault.BadRequest($"PublicUrl '{text}' is not an http or https URL.");

    private static List<IPAddress> List(string name, string text) =>
        [
            .. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(entry =>
                    IPAddress.TryParse(entry, out var address)
                        ? address
                        : throw Fault.BadRequest($"{name}: '{entry}' is not an IP address.")
                ),
        ];
}
