using Pipeline.Data;
using Pipeline.Identity.Projects;

namespace Pipeline.Identity.Auth;

/// <summary>The projects that the caller has a role on; by the older path, too.</summary>
internal sealed class ListAuthProjects(Database db, IdentityStore store, IdentityUrls urls)
{
    [Function("identity-list-auth-projects"), Policy("identity:get_auth_projects", Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/auth/projects")]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/OS-FEDERATION/projects")]
            HttpRequest request,
        Caller caller
    )
    {
        var projects = await db.ReadAsync(tx => store.ProjectsOfAsync(tx, caller.UserId));
        return ProjectView.Answer(request, urls, projects, urls.Links(request, "auth/projects"));
    }
}
