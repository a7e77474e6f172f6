using Pipeline.Compute.Flavors;
using Pipeline.Data;

namespace Pipeline.Compute.Quotas;

/// <summary>What servers count, and how much metadata and how many key pairs there may be.</summary>
internal static class ComputeQuota
{
    public const string Instances = "instances";
    public const string Cores = "cores";
    public const string Ram = "ram";
    public const string MetadataItems = "metadata_items";
    public const string KeyPairs = "key_pairs";

    public static (string Resource, long Amount)[] Of(FlavorSpec flavor) =>
        [(Instances, 1), (Cores, flavor.Vcpus), (Ram, flavor.RamMib)];

    /// <exception cref="Fault">QuotaExceeded, in Nova's words.</exception>
    public static async ValueTask ClaimAsync(Tx tx, ProjectId project, FlavorSpec flavor, int count)
    {
        var changes = Of(flavor).Select(t => new UsageChange(t.Resource, t.Amount * count, DefaultOf(t.Resource)));
        if (await tx.ClaimUsageAsync(project, [.. changes]) is { } s)
            throw new Fault(
                FaultCode.QuotaExceeded,
                $"Quota exceeded for {s.Resource}: Requested {s.Requested}, but already used {s.Used} of {s.Limit} {s.Resource}"
            );
    }

    /// <exception cref="Fault">QuotaExceeded when a server may not have so much metadata.</exception>
    public static async ValueTask CheckMetadataAsync(Tx tx, ProjectId project, int items)
    {
        var limit = await tx.LimitAsync(project, MetadataItems, DefaultOf(MetadataItems));
        if (limit >= 0 && items > limit)
            throw new Fault(FaultCode.QuotaExceeded, $"Maximum number of metadata items exceeds {limit}");
    }

    public static long DefaultOf(string resource) => ComputeQuotas.All.First(k => k.Resource == resource).Default;
}
