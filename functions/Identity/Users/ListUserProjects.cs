using Pipeline.Data;
using Pipeline.Identity.Projects;

namespace Pipeline.Identity.Users;

internal sealed class ListUserProjects(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_user_projects";

    [Function("identity-list-user-projects"), Policy(Rule, Require.Token, Check = Checks.ReadUser), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/users/{user_id}/projects")]
            HttpRequest request,
        Caller caller,
        string userId
    )
    {
        var projects = await db.ReadAsync(async tx =>
        {
            var user = await store.FindUserAsync(tx, userId);
            policies.Enforce(Rule, caller, Targets.User(user));
            return await store.ProjectsOfAsync(tx, user?.Id ?? throw Refusals.NotFound("user", userId));
        });
        var filter = ListFilter.Of(request);
        return ProjectView.Answer(
            request,
            urls,
            [.. projects.Where(project => filter.Fits(project.Name, project.DomainId, project.Enabled))],
            urls.Links(request, $"users/{userId}/projects")
        );
    }
}
