using Pipeline.Data;
using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Assignments;

/// <summary>All assignments, filtered; `effective` shows what they amount to, implied roles included.</summary>
internal sealed class ListRoleAssignments(Database db, IdentityStore store, IdentityUrls urls)
{
    [Function("identity-list-role-assignments"), Policy("identity:list_role_assignments", Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/role_assignments")] HttpRequest request
    )
    {
        var query = Query.Of(request);
        Check(query);
        var (user, project, role) = (query["user.id"], query["scope.project.id"], query["role.id"]);
        var (found, roles) = Elsewhere(query)
            ? ([], null)
            : await db.ReadAsync(async tx =>
                (await store.AssignmentsAsync(tx, user, project), await store.RoleSetAsync(tx))
            );
        var shown = IsTrue(query, "effective") ? found.SelectMany(one => one.Effective(roles!)) : found;
        var (root, names) = (urls.Of(request, "").TrimEnd('/'), IsTrue(query, "include_names"));
        return Answer.Json(
            200,
            new AssignmentList(
                [
                    .. shown
                        .Where(one => role is null || one.RoleId.Value == role)
                        .Select(one => AssignmentView.Of(root, one, roles!, names)),
                ],
                urls.Links(request, "role_assignments")
            ),
            IdentityJson.Default.AssignmentList
        );
    }

    private static void Check(Query query)
    {
        var (project, domain, system) = (Given("scope.project.id"), Given("scope.domain.id"), Given("scope.system"));
        if (project && domain)
            throw Fault.BadRequest("Specify a domain or project, not both");
        if (system && (project || domain))
            throw Fault.BadRequest($"Specify system or {(project ? "project" : "domain")}, not both");
        if (Given("user.id") && Given("group.id"))
            throw Fault.BadRequest("Specify a user or group, not both");
        if (Given("group.id") && IsTrue(query, "effective"))
            throw Fault.BadRequest("Combining effective and group filter will always result in an empty list.");

        bool Given(string name) => query[name] is { Length: > 0 };
    }

    // Roles are assigned to users, on projects; asked for others, the list is empty.
    private static bool Elsewhere(Query query) =>
        query["group.id"] is { Length: > 0 }
        || query["scope.domain.id"] is { Length: > 0 }
        || query["scope.system"] is { Length: > 0 }
        || query.Has("scope.OS-INHERIT:inherited_to");

    // Keystone's own rule for these two: whatever is not 0 is true.
    private static bool IsTrue(Query query, string name) => query.Has(name) && query[name] != "0";
}
