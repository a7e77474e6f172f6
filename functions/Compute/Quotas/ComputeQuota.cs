using Pipeline.Compute.Flavors;
using Pipeline.Data;

namespace Pipeline.Compute.Quotas;

/// <summary>What servers count, with Nova's default limits.</summary>
internal static class ComputeQuota
{
    public const string Instances = "instances";
    public const string Cores = "cores";
    public const string Ram = "ram";
    public const string MetadataItems = "metadata_items";

    /// <summary>Every name of a quota set at 2.1, with its default; those of the old nova-network count nothing.</summary>
    public static readonly IReadOnlyList<(string Name, long Default)> Defaults =
    [
        (Instances, 10),
        (Cores, 20),
        (Ram, 51_200),
        (MetadataItems, 128),
        ("injected_files", 5),
        ("injected_file_content_bytes", 10_240),
        ("injected_file_path_bytes", 255),
        ("key_pairs", 100),
        ("floating_ips", -1),
        ("fixed_ips", -1),
        ("security_groups", -1),
        ("security_group_rules", -1),
        ("server_groups", 10),
        ("server_group_members", 10),
    ];

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
        var limit = await tx.LimitAsync(project, MetadataItems) ?? DefaultOf(MetadataItems);
        if (limit >= 0 && items > limit)
            throw new Fault(FaultCode.QuotaExceeded, $"Maximum number of metadata items exceeds {limit}");
    }

    public static long DefaultOf(string name) => Defaults.First(d => d.Name == name).Default;
}
