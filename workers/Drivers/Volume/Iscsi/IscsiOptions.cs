using System.Globalization;
using System.Net;

namespace Pipeline.Drivers.Volume.Iscsi;

/// <param name="Address">The storage host's, under which the hosts of guests reach it.</param>
public sealed record IscsiOptions(string Address)
{
    /// <summary>TCP port of all targets; IANA's for iSCSI.</summary>
    public int Port { get; init; } = 3260;

    /// <summary>What targets' names begin with (RFC 3720, 3.2.6.3.1); the attachment's id follows.</summary>
    public string NamePrefix { get; init; } = "iqn.2026-01.pipeline";

    /// <summary>Folder of the server's control socket and pid file.</summary>
    public string Run { get; init; } = "/run/pipeline";

    internal string Portal =>
        string.Create(CultureInfo.InvariantCulture, $"{new IPEndPoint(IPAddress.Parse(Address), Port)}");
}
