namespace Pipeline.Network.Qos;

/// <summary>The paths of a policy's rules. By its alias a rule is named without its policy.</summary>
internal static class QosPath
{
    public const string BandwidthLimits = "network/v2.0/qos/policies/{policy}/bandwidth_limit_rules";
    public const string BandwidthLimit = $"{BandwidthLimits}/{{id}}";
    public const string BandwidthLimitAlias = "network/v2.0/qos/alias_bandwidth_limit_rules/{id}";
}
