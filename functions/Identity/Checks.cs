namespace Pipeline.Identity;

/// <summary>
/// The defaults of this service's rules, after OpenStack's secure RBAC: admins do all; readers of the system read all; in their own
/// domain readers read, and managers write.
/// </summary>
internal static class Checks
{
    public const string Admin = "rule:admin_required";
    public const string Read = $"{Admin} or rule:system_reader";
    public const string ServiceOrAdmin = $"{Admin} or role:service";
    public const string ListInDomain = $"{Read} or (role:reader and domain_id:%(target.domain_id)s)";
    public const string OwnUser = "user_id:%(target.user.id)s";

    /// <summary>Managers of domains see what they may give.</summary>
    public const string ListRoles = $"{Read} or (role:manager and not domain_id:None)";

    /// <summary>Services ask whose a token is that came with a request.</summary>
    public const string ValidateToken = $"{Read} or role:service or {TokenSubject}";

    public const string RevokeToken = $"{Admin} or {TokenSubject}";
    public const string ReadUser = $"{Read} or (role:reader and domain_id:%(target.user.domain_id)s) or {OwnUser}";
    public const string WriteUser = $"{Admin} or (role:manager and domain_id:%(target.user.domain_id)s)";
    public const string ReadOwn = $"{Read} or {OwnUser}";
    public const string WriteOwn = $"{Admin} or {OwnUser}";
    public const string ReadCredential = $"{Read} or user_id:%(target.credential.user_id)s";
    public const string WriteCredential = $"{Admin} or user_id:%(target.credential.user_id)s";
    public const string ReadTrust =
        $"{Read} or user_id:%(target.trust.trustor_user_id)s or user_id:%(target.trust.trustee_user_id)s";
    public const string ReadGroup = $"{Read} or (role:reader and domain_id:%(target.group.domain_id)s)";
    public const string WriteGroup = $"{Admin} or (role:manager and domain_id:%(target.group.domain_id)s)";
    public const string ReadMember =
        $"{Read} or (role:reader and domain_id:%(target.group.domain_id)s and domain_id:%(target.user.domain_id)s)";
    public const string WriteMember =
        $"{Admin} or (role:manager and domain_id:%(target.group.domain_id)s and domain_id:%(target.user.domain_id)s)";
    public const string ReadProject =
        $"{Read} or (role:reader and domain_id:%(target.project.domain_id)s) or project_id:%(target.project.id)s";
    public const string ReadTree =
        $"{Read} or (role:reader and domain_id:%(target.project.domain_id)s) or "
        + "(role:admin and project_id:%(target.project.id)s)";
    public const string WriteProject = $"{Admin} or (role:manager and domain_id:%(target.project.domain_id)s)";
    public const string ReadDomain =
        $"{Read} or token.domain.id:%(target.domain.id)s or token.project.domain.id:%(target.domain.id)s";

    /// <summary>A member of a project sees its limits, who acts for a domain the domain's and its projects'.</summary>
    public const string ReadLimit =
        $"{Read} or domain_id:%(target.limit.domain.id)s or domain_id:%(target.limit.project.domain_id)s or "
        + "project_id:%(target.limit.project_id)s";

    public const string ReadGrant = $"{Read} or (role:reader and {GrantInDomain})";

    /// <summary>Managers of a domain give and take what they may have themselves, and no more.</summary>
    public const string WriteGrant =
        $"{Admin} or (role:manager and {GrantInDomain} and "
        + "('manager':%(target.role.name)s or 'member':%(target.role.name)s or 'reader':%(target.role.name)s))";

    private const string TokenSubject = "user_id:%(target.token.user_id)s";

    private const string GrantInDomain =
        "(domain_id:%(target.user.domain_id)s or domain_id:%(target.group.domain_id)s) and "
        + "(domain_id:%(target.project.domain_id)s or domain_id:%(target.domain.id)s)";
}
