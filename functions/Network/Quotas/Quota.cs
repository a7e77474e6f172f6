using Pipeline.Data;

namespace Pipeline.Network.Quotas;

/// <summary>What a project may have of each resource, and how it is counted. The defaults are Neutron's.</summary>
internal static class Quota
{
    public const string Network = "network";
    public const string Subnet = "subnet";
    public const string Port = "port";
    public const string Router = "router";
    public const string FloatingIp = "floatingip";
    public const string SecurityGroup = "security_group";
    public const string SecurityGroupRule = "security_group_rule";
    public const string SubnetPool = "subnetpool";
    public const string RbacPolicy = "rbac_policy";
    public const string Trunk = "trunk";

    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<QuotaKind> All { get; } =
    [
        Of(Network, 100, "Networks."),
        Of(Subnet, 100, "Subnets."),
        Of(SubnetPool, -1, "Subnet pools."),
        Of(Port, 500, "Ports, those of servers included."),
        Of(Router, 10, "Routers."),
        Of(FloatingIp, 50, "Floating addresses."),
        Of(RbacPolicy, 10, "Policies by which things are shared."),
        Of(SecurityGroup, 10, "Security groups."),
        Of(SecurityGroupRule, 100, "Rules of all security groups."),
        Of(Trunk, -1, "Trunks."),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(kind => kind.Resource)];

    /// <exception cref="Fault">QuotaExceeded; the caller's transaction writes nothing then.</exception>
    public static async ValueTask ClaimAsync(this Tx tx, ProjectId project, string resource, int amount)
    {
        var limit = All.First(kind => kind.Resource == resource).Default;
        if (await tx.ClaimUsageAsync(project, new UsageChange(resource, amount, limit)) is { } shortage)
            throw NeutronFault.OverQuota(shortage.Resource);
    }

    /// <summary>Claims for new items of several projects.</summary>
    public static async ValueTask ClaimAsync(this Tx tx, IEnumerable<ProjectId> owners, string resource)
    {
        foreach (var owner in owners.GroupBy(o => o.Value).OrderBy(g => g.Key, StringComparer.Ordinal))
            await tx.ClaimAsync(new ProjectId(owner.Key), resource, owner.Count());
    }

    /// <summary>Counts what the cloud itself makes for a project (its DHCP ports): shown as used, never refused.</summary>
    public static async ValueTask CountAsync(this Tx tx, ProjectId project, string resource, int amount) =>
        await tx.ClaimUsageAsync(project, new UsageChange(resource, amount, -1));

    public static async ValueTask ReleaseAsync(this Tx tx, ProjectId project, string resource, int amount) =>
        await tx.ReleaseUsageAsync(project, (resource, amount));

    private static QuotaKind Of(string resource, long normal, string description) =>
        new("network", resource, resource, normal, description);
}
