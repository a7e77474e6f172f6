namespace Pipeline.Drivers.Volume.Nfs;

/// <param name="Address">The storage host's, under which the hosts of guests reach it; ports are those of the protocol.</param>
public sealed record NfsOptions(string Address)
{
    /// <summary>Folder of the server's configuration, log and pid file.</summary>
    public string Run { get; init; } = "/run/pipeline";

    /// <summary>The ip-netns(8) in which it serves; null for the host's own.</summary>
    public string? Namespace { get; init; }
}
