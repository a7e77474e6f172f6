using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

/// <summary>A bandwidth limit as it is asked for, checked. Pure.</summary>
internal static class NewBandwidthLimit
{
    /// <returns>The row, without an id and a policy yet.</returns>
    public static BandwidthLimitRow Read(Fields item) =>
        Fill(new() { MaxKbps = Number(item.Required("max_kbps")) }, item);

    /// <summary>The rule with what the body names; the rest stays.</summary>
    public static BandwidthLimitRow Fill(BandwidthLimitRow rule, Fields item) =>
        rule with
        {
            MaxKbps = item.Optional("max_kbps") is { } rate ? Number(rate) : rule.MaxKbps,
            MaxBurstKbps = item.Optional("max_burst_kbps") is { } burst ? Number(burst) : rule.MaxBurstKbps,
            Direction = item.Optional("direction") is { } direction ? DirectionOf(direction) : rule.Direction,
        };

    private static int Number(Field field) => field.Int(min: 0, text: true);

    private static string DirectionOf(Field field) =>
        BandwidthLimitRow.Directions.Contains(field.String())
            ? field.String()
            : throw NeutronFault.Invalid(
                "direction",
                $"'{field.String()}' is not in ['{string.Join("', '", BandwidthLimitRow.Directions)}']."
            );
}
