using Pipeline.Network.Rbac;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

internal static class SubnetPoolView
{
    public static Collection<SubnetPoolItem> All { get; } =
        new(
            "subnetpool",
            "subnetpools",
            "network/v2.0/subnetpools",
            Shown<SubnetPoolItem>.Text("id", Use.Find, p => p.Row.Id.ToString()),
            Shown<SubnetPoolItem>.Text("name", Use.Write | Use.Find, p => p.Row.Name),
            Shown<SubnetPoolItem>.Text("tenant_id", Use.Create | Use.Find, p => p.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Length("default_prefixlen", p => p.DefaultPrefixlen),
            Length("min_prefixlen", p => p.MinPrefixlen),
            Length("max_prefixlen", p => p.MaxPrefixlen),
            Shown<SubnetPoolItem>.Flag("is_default", Use.Write | Use.Find | Use.AdminSets, p => p.Row.IsDefault),
            Shown<SubnetPoolItem>.Flag("shared", Use.Create | Use.Find | Use.AdminSets, p => p.Shared) with
            {
                Column = RbacStore.IsShared,
            },
            Shown<SubnetPoolItem>.Texts("prefixes", Use.Write, p => SubnetPoolRow.Split(p.Row.Prefixes)),
            Shown<SubnetPoolItem>.Number("ip_version", Use.Find, p => p.Row.IpVersion),
            Shown<SubnetPoolItem>.Number("default_quota", Use.Write | Use.Find, p => p.Row.DefaultQuota),
            Shown<SubnetPoolItem>.Text("address_scope_id", Use.Write | Use.Find, p => p.Row.AddressScopeId?.ToString()),
            Shown<SubnetPoolItem>.Text("description", Use.Write | Use.Find, p => p.Row.Description),
            Shown<SubnetPoolItem>.Texts("tags", Use.None, p => p.Tags),
            Shown<SubnetPoolItem>.Time("created_at", p => p.Row.CreatedAt),
            Shown<SubnetPoolItem>.Time("updated_at", p => p.Row.UpdatedAt),
            Shown<SubnetPoolItem>.Number("revision_number", Use.Find, p => p.Row.RevisionNumber),
            Shown<SubnetPoolItem>.Text("project_id", Use.Create | Use.Find, p => p.Row.ProjectId.Value)
        )
        {
            Filters = TagFilters.All,
        };

    /// <summary>A number that Neutron shows as text.</summary>
    private static Attribute<SubnetPoolItem> Length(string name, Func<SubnetPoolRow, int> value) =>
        new(name, Use.Write | Use.Find, (json, p) => json.WriteStringValue($"{value(p.Row)}"))
        {
            Kind = AttributeKind.Number,
        };
}
