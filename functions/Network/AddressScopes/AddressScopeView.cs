using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressScopes;

internal static class AddressScopeView
{
    public static Collection<AddressScopeItem> All { get; } =
        new(
            "address_scope",
            "address_scopes",
            "network/v2.0/address-scopes",
            Shown<AddressScopeItem>.Text("id", Use.Find, s => s.Row.Id.ToString()),
            Shown<AddressScopeItem>.Text("name", Use.Write | Use.Find, s => s.Row.Name),
            Shown<AddressScopeItem>.Text("tenant_id", Use.Create | Use.Find, s => s.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<AddressScopeItem>.Number("ip_version", Use.Create | Use.Find, s => s.Row.IpVersion),
            Shown<AddressScopeItem>.Flag("shared", Use.Write | Use.Find | Use.AdminSets, s => s.Shared) with
            {
                Column = RbacStore.IsShared,
            },
            Shown<AddressScopeItem>.Text("project_id", Use.Create | Use.Find, s => s.Row.ProjectId.Value)
        );
}
