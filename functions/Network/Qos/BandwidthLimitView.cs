using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal static class BandwidthLimitView
{
    /// <summary>A rule by itself, without its policy in the path.</summary>
    public static Collection<BandwidthLimitRow> Alias { get; } =
        New("alias_bandwidth_limit_rule", "qos/alias_bandwidth_limit_rules");

    /// <summary>The rules of a policy.</summary>
    public static Collection<BandwidthLimitRow> Of(string policy) =>
        New("bandwidth_limit_rule", $"qos/policies/{policy}/bandwidth_limit_rules");

    /// <param name="policy">Null for a rule by itself.</param>
    public static Collection<BandwidthLimitRow> For(string? policy) => policy is null ? Alias : Of(policy);

    private static Collection<BandwidthLimitRow> New(string one, string path) =>
        new(
            one,
            $"{one}s",
            $"network/v2.0/{path}",
            Shown<BandwidthLimitRow>.Text("id", Use.Find, r => r.Id.ToString()),
            Shown<BandwidthLimitRow>.Number("max_kbps", Use.Write | Use.Find, r => r.MaxKbps),
            Shown<BandwidthLimitRow>.Number("max_burst_kbps", Use.Write | Use.Find, r => r.MaxBurstKbps),
            Shown<BandwidthLimitRow>.Text("direction", Use.Write | Use.Find, r => r.Direction),
            Shown<BandwidthLimitRow>.Hidden("tenant_id", Use.Create),
            Shown<BandwidthLimitRow>.Hidden("project_id", Use.Create)
        );
}
