namespace Pipeline.Identity.Roles;

/// <summary>Roles of domains have rules of their own beside those of the cloud's roles.</summary>
internal static class RoleRules
{
    /// <param name="rule">As `identity:get_role`.</param>
    /// <param name="role">Null where there is none: then the rule of the cloud's roles is asked.</param>
    public static string Of(string rule, Role? role) =>
        role is { DomainId.Length: > 0 } ? rule.Replace("_role", "_domain_role") : rule;

    public static PolicyTarget Target(Role? role) =>
        role is null
            ? PolicyTarget.None
            : new(
                ("target.role.domain_id", role.DomainId.Length > 0 ? role.DomainId : null),
                ("target.role.name", role.Name)
            );
}
