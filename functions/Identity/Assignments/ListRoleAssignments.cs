using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Projects;

namespace Pipeline.Identity.Assignments;

/// <summary>
/// All assignments, filtered; `effective` shows what they amount to. Of a project and those below it also for who is admin there.
/// </summary>
internal sealed class ListRoleAssignments(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_role_assignments";
    private const string TreeRule = "identity:list_role_assignments_for_tree";

    [
        Function("identity-list-role-assignments"),
        Policy(Rule, Require.Token, Check = Checks.ListInDomain),
        FurtherRule(TreeRule, Checks.ReadTree),
        Answers(200)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/role_assignments")] HttpRequest request,
        Caller caller
    )
    {
        var filter = AssignmentFilter.Of(Query.Of(request));
        var (shown, roles) = await db.ReadAsync(async tx =>
        {
            await CheckAsync(tx, caller, filter);
            var set = await store.RoleSetAsync(tx);
            return (await FindAsync(tx, filter, set), set);
        });
        var own = caller.DomainId?.Value;
        var root = urls.Of(request, "").TrimEnd('/');
        return Answer.Json(
            200,
            new AssignmentList(
                [
                    .. shown
                        .Where(one => own is null || (one.TargetDomainId ?? one.TargetId) == own)
                        .Select(one => AssignmentView.Of(root, one, roles, filter.Names)),
                ],
                urls.Links(request, "role_assignments")
            ),
            IdentityJson.Default.AssignmentList
        );
    }

    private async ValueTask CheckAsync(Tx tx, Caller caller, AssignmentFilter filter)
    {
        if (!filter.Subtree)
        {
            policies.Enforce(Rule, caller, Targets.List(caller));
            return;
        }
        var project = await store.FindProjectAsync(tx, filter.Project!);
        policies.Enforce(TreeRule, caller, Targets.Project(project));
        _ = project ?? throw Refusals.NotFound("project", filter.Project!);
    }

    private async ValueTask<IReadOnlyList<Assignment>> FindAsync(Tx tx, AssignmentFilter filter, RoleSet roles)
    {
        var found = await store.AssignmentsAsync(tx, filter);
        var tree = filter.Subtree || (filter.Effective && found.Any(one => one.Inherited));
        var effective = new EffectiveAssignments(
            roles,
            filter.Effective ? await store.MembersAsync(tx, GroupsOf(found)) : [],
            tree ? await store.ProjectRowsAsync(tx) : []
        );
        var reached = filter.Subtree ? effective.Subtree(filter.Project!) : null;
        return
        [
            .. (filter.Effective ? found.SelectMany(effective.Of) : found)
                .Where(one => filter.User is null || one.ActorId == filter.User)
                .Where(one => filter.Role is null || one.RoleId.Value == filter.Role)
                .Where(one => filter.Project is null || (one.TargetKind == Grant.OnProject && Reached(one.TargetId))),
        ];

        bool Reached(string project) => reached?.Contains(project) ?? project == filter.Project;
    }

    private static List<string> GroupsOf(IEnumerable<Assignment> found) =>
        [.. found.Where(one => one.ActorKind == Grant.ToGroup).Select(one => one.ActorId).Distinct()];
}
