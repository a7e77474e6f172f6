using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Pipeline.Runtime.Settings;

namespace Pipeline.Runtime.Edge;

/// <summary>Where the functions host listens, and as what it is known. The command line wins over the environment, that over the files.</summary>
/// <param name="Certificate">What the API listener shows; null for plain HTTP, which is for loopback or behind a proxy.</param>
/// <param name="PublicUrl">What clients and guests call it by; null: whatever they did call it by.</param>
internal sealed record ListenSettings(
    IPEndPoint Api,
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
        var api = new IPEndPoint(Address(settings, "Address"), Port(settings, "Port", local.LocalHttpPort ?? ApiPort));
        var management = new IPEndPoint(
            Address(settings, "ManagementAddress"),
            Port(settings, "ManagementPort", ManagementPort)
        );
        if (api.Port == management.Port && api.Port != 0)
            throw Fault.BadRequest($"Port and ManagementPort are both {api.Port}; they must differ.");
        return new(
            api,
            management,
            ServerCertificate.Load(settings["Certificate"], settings["CertificateKey"]),
            UrlOf(settings["PublicUrl"]),
            ProxiesOf(settings["TrustedProxies"])
        );
    }

    private static IPAddress Address(IConfiguration settings, string name) =>
        settings[name] is not { Length: > 0 } text ? IPAddress.Loopback
        : IPAddress.TryParse(text, out var address) ? address
        : throw Fault.BadRequest($"{name} '{text}' is not an IP address.");

    private static int Port(IConfiguration settings, string name, int otherwise) =>
        settings[name] is not { Length: > 0 } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port
        : throw Fault.BadRequest($"{name} '{text}' is not a port.");

    private static Uri? UrlOf(string? text) =>
        text is not { Length: > 0 } ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0
            ? url
        : throw Fault.BadRequest($"PublicUrl '{text}' is not an http or https URL.");

    private static List<IPAddress> ProxiesOf(string? text) =>
        [
            .. (text ?? "")
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(entry =>
                    IPAddress.TryParse(entry, out var address)
                        ? address
                        : throw Fault.BadRequest($"TrustedProxies: '{entry}' is not an IP address.")
                ),
        ];
}
