using Pipeline.Network.Wire;

namespace Pipeline.Network.Rbac;

internal static class RbacPolicyView
{
    public static Collection<RbacPolicyRow> All { get; } =
        new(
            "rbac_policy",
            "rbac_policies",
            "network/v2.0/rbac-policies",
            Shown<RbacPolicyRow>.Text("id", Use.Find, p => p.Id.ToString()),
            Shown<RbacPolicyRow>.Text("object_type", Use.Create | Use.Find, p => p.ObjectType),
            Shown<RbacPolicyRow>.Text("object_id", Use.Create | Use.Find, p => p.ObjectId),
            Shown<RbacPolicyRow>.Text("target_tenant", Use.Write | Use.Find, p => p.TargetTenant),
            Shown<RbacPolicyRow>.Text("tenant_id", Use.Create | Use.Find, p => p.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<RbacPolicyRow>.Text("action", Use.Create | Use.Find, p => p.Action),
            Shown<RbacPolicyRow>.Text("project_id", Use.Create | Use.Find, p => p.ProjectId.Value)
        );
}
