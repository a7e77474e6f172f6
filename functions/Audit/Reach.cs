namespace Pipeline.Audit;

/// <summary>Whose records a caller may read: all, one project's, or those of a domain and its projects.</summary>
internal sealed record Reach(ProjectId? Project, DomainId? Domain)
{
    /// <summary>Readers of the system read all; managers what was done in the project or domain of their token.</summary>
    public const string Check =
        "rule:admin_required or rule:system_reader or (role:manager and project_id:%(target.project_id)s)"
        + " or (role:manager and domain_id:%(target.domain_id)s)";

    private static readonly Reach Everything = new(null, null);

    /// <exception cref="Fault">Forbidden for who may read nothing.</exception>
    public static Reach Of(Caller caller, Policies policies, string rule)
    {
        if (policies.Allows(rule, caller, PolicyTarget.None))
            return Everything;
        policies.Enforce(rule, caller, Target(caller.ProjectId, caller.DomainId));
        return caller is { ProjectId: null, DomainId: null }
            ? throw Fault.Forbidden($"{rule} needs a token of a project, a domain or the system.")
            : new(caller.ProjectId, caller.DomainId);
    }

    /// <summary>True when what was done in this project, or in this domain, is in reach.</summary>
    public bool Covers(ProjectId? project, DomainId? domain) =>
        (Project is null || Project == project) && (Domain is null || Domain == domain);

    // What is not there is left out: a null would be equal to a caller's null.
    private static PolicyTarget Target(ProjectId? project, DomainId? domain) =>
        project is { } own ? new(("target.project_id", own.Value))
        : domain is { } one ? new(("target.domain_id", one.Value))
        : PolicyTarget.None;
}
