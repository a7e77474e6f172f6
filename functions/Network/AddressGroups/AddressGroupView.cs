using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressGroups;

internal static class AddressGroupView
{
    public static Collection<AddressGroupItem> All { get; } =
        new(
            "address_group",
            "address_groups",
            "network/v2.0/address-groups",
            Shown<AddressGroupItem>.Text("id", Use.Find, g => g.Row.Id.ToString()),
            Shown<AddressGroupItem>.Text("name", Use.Write | Use.Find, g => g.Row.Name),
            Shown<AddressGroupItem>.Text("description", Use.Write | Use.Find, g => g.Row.Description),
            Shown<AddressGroupItem>.Text("tenant_id", Use.Create | Use.Find, g => g.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<AddressGroupItem>.Texts("addresses", Use.Create, g => g.Addresses),
            Shown<AddressGroupItem>.Flag("shared", Use.Find, g => g.Shared) with
            {
                Column = RbacStore.IsShared,
            },
            Shown<AddressGroupItem>.Time("created_at", g => g.Row.CreatedAt),
            Shown<AddressGroupItem>.Time("updated_at", g => g.Row.UpdatedAt),
            Shown<AddressGroupItem>.Number("revision_number", Use.Find, g => g.Row.RevisionNumber),
            Shown<AddressGroupItem>.Text("project_id", Use.Create | Use.Find, g => g.Row.ProjectId.Value)
        );
}
