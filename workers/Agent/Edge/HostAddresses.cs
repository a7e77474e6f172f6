using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Pipeline.Drivers;

namespace Pipeline.Agent.Edge;

/// <summary>Where this host speaks with others, as it is when the agent begins.</summary>
internal static class HostAddresses
{
    /// <summary>The underlay's and the volumes' address with the lengths of their prefixes; loopback is nobody else's to reach.</summary>
    public static IReadOnlyList<string> Of(AgentOptions options)
    {
        (IPAddress Address, int Length)[] lengths = options.UnderlayNamespace is { } space
            ? [.. NetworkNamespace.Inside(Path.Combine("/run/netns", space), Lengths), .. Lengths()]
            : Lengths();
        return
        [
            .. ((string?[])[options.Underlay, options.StorageAddress])
                .OfType<string>()
                .Select(IPAddress.Parse)
                .Where(address => !IPAddress.IsLoopback(address))
                .Distinct()
                .Select(address => $"{address}/{LengthOf(address, lengths)}"),
        ];
    }

    /// <summary>Where the public URL leads; nowhere for a name that nobody knows now.</summary>
    public static IReadOnlyList<IPEndPoint> OfApis(Uri url)
    {
        try
        {
            return [.. Dns.GetHostAddresses(url.DnsSafeHost).Select(address => new IPEndPoint(address, url.Port))];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static int LengthOf(IPAddress address, IReadOnlyList<(IPAddress Address, int Length)> lengths) =>
        lengths.Where(known => known.Address.Equals(address)).Select(known => (int?)known.Length).FirstOrDefault()
        ?? address.GetAddressBytes().Length * 8;

    private static (IPAddress Address, int Length)[] Lengths() =>
        [
            .. NetworkInterface
                .GetAllNetworkInterfaces()
                .SelectMany(device => device.GetIPProperties().UnicastAddresses)
                .Select(known => (known.Address, known.PrefixLength)),
        ];
}
