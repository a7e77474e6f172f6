namespace Pipeline.Compute.Quotas;

/// <summary>Every name of a quota set at 2.1, with Nova's default and its name in Nova's unified limits, where it has one there.</summary>
internal static class ComputeQuotas
{
    private const string OfNovaNetwork = "Kept for clients that ask for it: it counts nothing.";

    public static readonly IReadOnlyList<QuotaKind> All =
    [
        Of("servers", ComputeQuota.Instances, 10, "Servers."),
        Of("class:VCPU", ComputeQuota.Cores, 20, "Virtual CPUs of all servers."),
        Of("class:MEMORY_MB", ComputeQuota.Ram, 51_200, "Memory of all servers, in MiB."),
        Of("server_metadata_items", ComputeQuota.MetadataItems, 128, "Metadata items of one server."),
        Of("server_injected_files", "injected_files", 5, "Files put into one server."),
        Of("server_injected_file_content_bytes", "injected_file_content_bytes", 10_240, "Bytes of such a file."),
        Of("server_injected_file_path_bytes", "injected_file_path_bytes", 255, "Bytes of such a file's path."),
        Of("server_key_pairs", ComputeQuota.KeyPairs, 100, "Key pairs of one user."),
        Of("floating_ips", "floating_ips", -1, OfNovaNetwork),
        Of("fixed_ips", "fixed_ips", -1, OfNovaNetwork),
        Of("security_groups", "security_groups", -1, OfNovaNetwork),
        Of("security_group_rules", "security_group_rules", -1, OfNovaNetwork),
        Of("server_groups", "server_groups", 10, "Server groups."),
        Of("server_group_members", "server_group_members", 10, "Servers of one group."),
    ];

    private static QuotaKind Of(string name, string resource, long normal, string description) =>
        new("compute", name, resource, normal, description);
}
