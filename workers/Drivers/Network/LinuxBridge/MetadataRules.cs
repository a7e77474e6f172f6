namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// Who speaks with the metadata service as whom: it knows guests by their addresses, so each is asked and answered by the one
/// device of whoever has it, whatever a port without security or with further addresses may send. In nft's bridge family, the
/// only one that sees a device. Pure.
/// </summary>
internal static class MetadataRules
{
    public const string Guests = "guests";

    /// <summary>What comes in for the namespace itself. A tag could hide who asks: none is of its business.</summary>
    public static readonly IReadOnlyList<string> Entering =
    [
        "ether type != { ip, arp, ip6 } drop",
        $"ether type ip ip daddr {Rules.MetadataAddress} meta l4proto {{ tcp, udp }} th dport 80 iifname . ip saddr != @{Guests} drop",
    ];

    /// <summary>
    /// Answers go to nobody else, even where the bridge or the neighbours' table was made to believe that an address has moved.
    /// Leases may be answered from the same address, to guests that have none yet.
    /// </summary>
    public static readonly IReadOnlyList<string> Sent =
    [
        $"ether type ip ip saddr {Rules.MetadataAddress} meta l4proto {{ tcp, udp }} th sport 80 oifname . ip daddr != @{Guests} drop",
    ];

    /// <summary>Each device with each of the addresses that are its port's own: pairs may be others' as well.</summary>
    public static FilterSet Of(IEnumerable<FilteredPort> open) =>
        new(
            Guests,
            [.. from port in open from address in port.Ipv4 select new FilterElement($"\"{port.Device}\" . {address}")]
        );
}
