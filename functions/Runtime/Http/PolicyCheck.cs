namespace Pipeline.Runtime.Http;

/// <summary>
/// The role check, a pure function. What a caller may see is the services' to decide: 404 for what it cannot see, 403 for
/// what it sees but may not do.
/// </summary>
internal static class PolicyCheck
{
    /// <exception cref="Fault">Forbidden by the rule; BadRequest when the path names another project than the token.</exception>
    public static void Run(Route route, Policies policies, Caller caller, ReadOnlySpan<char> pathProject)
    {
        if (!Allows(route, policies, caller))
            throw Fault.Forbidden(Refusal(route));
        if (pathProject.IsEmpty || caller.ProjectId is not { } project || pathProject.SequenceEqual(project.Value))
            return;
        throw Fault.BadRequest($"Malformed request URL: project {pathProject} is not the token's project.");
    }

    /// <exception cref="Fault">Forbidden when a host's path names another host.</exception>
    public static void OwnHost(Route route, Invocation invocation)
    {
        if (route.HostParameter >= 0 && invocation.Id<HostId>(route.HostParameter) != invocation.Caller.Host)
            throw Fault.Forbidden($"Policy doesn't allow {route.Rule} to be performed for another host.");
    }

    private static string Refusal(Route route) =>
        route.Api.Style == FaultStyle.Keystone
            ? $"You are not authorized to perform the requested action: {route.Rule}."
            : $"Policy doesn't allow {route.Rule} to be performed.";

    // An operator's rule is in place of the requirement, but a token is asked for all the same.
    private static bool Allows(Route route, Policies policies, Caller caller) =>
        route.EnforcesItself || !policies.IsOverridden(route.Rule)
            ? Allows(route.Require, caller)
            : policies.Allows(route.Rule, caller, OwnTarget(caller));

    /// <summary>What a list or a create is about: the caller's own.</summary>
    private static PolicyTarget OwnTarget(Caller caller) =>
        new(
            ("project_id", caller.ProjectId?.Value),
            ("tenant_id", caller.ProjectId?.Value),
            ("domain_id", caller.DomainId?.Value),
            ("user_id", caller.UserId.Value)
        );

    public static bool Allows(Require require, Caller caller) =>
        require switch
        {
            Require.Anyone => true,
            Require.Token => !caller.IsAnonymous,
            Require.ProjectReader => caller.ProjectId is not null && caller.Rank >= Rank.Reader,
            Require.ProjectMember => caller.ProjectId is not null && caller.Rank >= Rank.Member,
            Require.ProjectManager => caller.ProjectId is not null && caller.Rank >= Rank.Manager,
            Require.SystemReader => caller.IsAdmin || (caller.System && caller.Rank >= Rank.Reader),
            Require.Admin => caller.IsAdmin,
            Require.Host => caller.Host is not null,
            _ => false,
        };
}
