using Pipeline.Contracts;

namespace Pipeline.Drivers.Volume.Nbd;

/// <summary>
/// The kernel's filter before the ports of attachments: each answers the host of its own guest alone. It is set whole each
/// time, from the records, so it is right again after a reboot with the first of them.
/// </summary>
internal sealed class PortGuard(VolumeOptions volumes, NbdOptions options, Command command)
{
    private readonly string _table = $"pipeline-nbd-{volumes.Cloud}-{volumes.Key}";

    private IReadOnlyList<ExportRecord> _set = [];

    public async Task<string?> ProblemAsync(CancellationToken ct)
    {
        if (Command.Find("nft") is null)
            return "nft is not installed: apt-get install nftables";
        var outcome = await command.TryAsync(new("nft", ["list", "tables"]), ct);
        return outcome.ExitCode == 0 ? null : $"nft cannot filter here: {outcome.LastWords}";
    }

    /// <summary>Whether this process has let its host to it, and nobody else.</summary>
    public bool Has(ExportRecord record) => _set.Contains(record);

    public async Task SetAsync(IReadOnlyList<ExportRecord> records, CancellationToken ct)
    {
        await command.RunAsync(new("nft", ["-f", "-"], Render(records)), ct);
        _set = records;
    }

    /// <summary>Made before it is deleted, for what is not there cannot be; all of it happens or nothing.</summary>
    internal string Render(IReadOnlyList<ExportRecord> records)
    {
        var table = $"table inet {_table}";
        var none = $"{table}\ndelete {table}\n";
        if (records.Count == 0)
            return none;
        var family = options.IsIpv6 ? "ip6" : "ip";
        var ports = string.Join(", ", records.Select(record => record.Port));
        var ways = string.Join(", ", records.Select(record => $"{AddressOf(record)} . {record.Port}"));
        return $$"""
            {{none}}{{table}} {
              set ports { type inet_service; elements = { {{ports}} }; }
              set ways { type {{(options.IsIpv6 ? "ipv6" : "ipv4")}}_addr . inet_service; elements = { {{ways}} }; }
              chain input {
                type filter hook input priority -5; policy accept;
                {{family}} daddr {{options.Address}} tcp dport @ports {{family}} saddr . tcp dport != @ways reject with tcp reset
              }
            }

            """;
    }

    private string AddressOf(ExportRecord record) => VolumeRules.AddressOf(record.Spec.Connector, options.Address);
}
