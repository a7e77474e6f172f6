using System.Net;
using System.Net.Sockets;

namespace Pipeline.Drivers.Volume.Nbd;

/// <param name="Address">The storage host's, under which the hosts of guests reach it.</param>
public sealed record NbdOptions(string Address)
{
    /// <summary>TCP ports of attachments, one each.</summary>
    public int FirstPort { get; init; } = 10810;

    public int LastPort { get; init; } = 14809;

    /// <summary>nbdkit's name in PATH, or its full path.</summary>
    public string Binary { get; init; } = "nbdkit";

    internal bool IsIpv6 => IPAddress.Parse(Address).AddressFamily == AddressFamily.InterNetworkV6;
}
