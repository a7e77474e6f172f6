using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Assignments;

/// <summary>What grants amount to: of groups for their members, of inherited ones for the projects below, of roles for those they imply.</summary>
internal sealed class EffectiveAssignments(
    RoleSet roles,
    IEnumerable<MemberRow> members,
    IReadOnlyList<ProjectRow> projects
)
{
    private readonly ILookup<string, MemberRow> members = members.ToLookup(member => member.GroupId);
    private readonly ILookup<string, ProjectRow> ofDomain = projects.ToLookup(project => project.DomainId);
    private readonly ILookup<string?, ProjectRow> children = projects.ToLookup(project => project.ParentId);

    public IEnumerable<Assignment> Of(Assignment grant) => Users(grant).SelectMany(Projects).SelectMany(Roles);

    /// <summary>A project and all below it.</summary>
    public HashSet<string> Subtree(string project) => [project, .. Below(project).Select(row => row.Id)];

    private IEnumerable<Assignment> Users(Assignment grant) =>
        grant.ActorKind == Grant.ToUser
            ? [grant]
            : members[grant.ActorId]
                .Select(member =>
                    grant with
                    {
                        ActorKind = Grant.ToUser,
                        ActorId = member.Id,
                        ActorName = member.Name,
                        ActorDomainId = member.DomainId,
                        ActorDomainName = member.DomainName,
                        From = grant,
                    }
                );

    private IEnumerable<Assignment> Projects(Assignment grant)
    {
        if (!grant.Inherited)
            return [grant];
        var reached = grant.TargetKind == Grant.OnDomain ? ofDomain[grant.TargetId] : Below(grant.TargetId);
        return reached.Select(project =>
            grant with
            {
                TargetKind = Grant.OnProject,
                TargetId = project.Id,
                TargetName = project.Name,
                TargetDomainId = project.DomainId,
                TargetDomainName = project.DomainName,
                From = grant.From ?? grant,
            }
        );
    }

    // Roles of domains are no more than the roles that they imply.
    private IEnumerable<Assignment> Roles(Assignment grant) =>
        roles
            .Implied(grant.RoleId)
            .Where(role => !role.OfDomain)
            .Select(role =>
                role.Id == grant.RoleId ? grant : grant with { RoleId = role.Id, ImpliedBy = grant.RoleId }
            );

    private IEnumerable<ProjectRow> Below(string project)
    {
        var next = new Stack<ProjectRow>(children[project]);
        while (next.TryPop(out var at))
        {
            yield return at;
            foreach (var child in children[at.Id])
                next.Push(child);
        }
    }
}
