using Pipeline.Network.Wire;

namespace Pipeline.Network.Rbac;

/// <summary>A policy as it is asked for, checked. Pure.</summary>
internal static class NewRbacPolicy
{
    /// <returns>The row, without an id yet.</returns>
    public static RbacPolicyRow Read(Fields item, Caller caller)
    {
        var type = TypeOf(item.Required("object_type").String());
        return new()
        {
            ProjectId = item.ProjectOf(caller),
            ObjectType = type,
            ObjectId = item.Required("object_id").Uuid().ToString("D"),
            Action = ActionOf(item.Required("action").String(), type),
            TargetTenant = TargetOf(item.Required("target_tenant"), caller, "create_rbac_policy"),
        };
    }

    /// <param name="rule">As `update_rbac_policy`; sharing with all is an admin's.</param>
    public static string TargetOf(Field field, Caller caller, string rule)
    {
        var target = field.String(1, 255);
        if (target == RbacPolicyRow.Everyone)
            return caller.IsAdmin ? target : throw NeutronFault.Forbidden(rule, "target_tenant");
        return ProjectId.TryParse(target, out var project)
            ? project.Value
            : throw NeutronFault.Invalid("target_tenant", $"'{target}' is not a project's id.");
    }

    private static string TypeOf(string text)
    {
        var type = text.Trim().ToLowerInvariant();
        return SharedType.Find(type) is not null
            ? type
            : throw NeutronFault.InvalidInput($"'{text}' is not a valid RBAC object type");
    }

    private static string ActionOf(string action, string type)
    {
        var valid = SharedType.Find(type)!.Actions;
        return valid.Contains(action)
            ? action
            : throw NeutronFault.Bad(
                "InvalidActionForType",
                $"Invalid action '{action}' for object type '{type}'. Valid actions: {string.Join(", ", valid)}"
            );
    }
}
