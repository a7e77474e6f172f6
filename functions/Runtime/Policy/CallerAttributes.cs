namespace Pipeline.Runtime.Policy;

/// <summary>What check strings may ask of a caller, in oslo.policy's names.</summary>
internal static class CallerAttributes
{
    /// <summary>Null for what the caller does not have, and for names that are not known.</summary>
    public static string? Of(Caller caller, string name) =>
        name switch
        {
            "user_id" or "token.user.id" => caller.IsAnonymous ? null : caller.UserId.Value,
            "user_domain_id" or "token.user.domain.id" => caller.IsAnonymous ? null : caller.UserDomainId.Value,
            "project_id" or "tenant_id" or "token.project.id" => caller.ProjectId?.Value,
            "project_domain_id" or "token.project.domain.id" => caller.ProjectDomainId?.Value,
            "domain_id" or "token.domain.id" => caller.DomainId?.Value,
            "system_scope" => caller.System ? "all" : null,
            "is_admin" => caller.IsAdmin ? "1" : "0",
            _ => null,
        };
}
