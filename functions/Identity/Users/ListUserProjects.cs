using Pipeline.Data;
using Pipeline.Identity.Projects;

namespace Pipeline.Identity.Users;

/// <summary>For admins, and for the user.</summary>
internal sealed class ListUserProjects(Database db, IdentityStore store, IdentityUrls urls)
{
    private const string Rule = "identity:list_user_projects";

    [Function("identity-list-user-projects"), Policy(Rule, Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/users/{user_id}/projects")]
            HttpRequest request,
        Caller caller,
        string userId
    )
    {
        if (!caller.IsAdmin && caller.UserId.Value != userId)
            throw Refusals.Forbidden(Rule);
        var projects = await db.ReadAsync(async tx =>
            await store.FindUserAsync(tx, userId) is { } user
                ? await store.ProjectsOfAsync(tx, user.Id)
                : throw Refusals.NotFound("user", userId)
        );
        var filter = ListFilter.Of(request);
        return ProjectView.Answer(
            request,
            urls,
            [.. projects.Where(project => Fits(project, filter))],
            urls.Links(request, $"users/{userId}/projects")
        );
    }

    private static bool Fits(Project project, ListFilter filter) =>
        (filter.Name is null || filter.Name == project.Name)
        && (filter.DomainId is null || filter.DomainId == project.DomainId.Value)
        && (filter.Enabled is null || filter.Enabled == project.Enabled)
        && filter.NameFits?.Invoke(project.Name) != false;
}
