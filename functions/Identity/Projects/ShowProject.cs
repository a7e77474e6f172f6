using Pipeline.Data;

namespace Pipeline.Identity.Projects;

/// <summary>For admins, and for tokens of the project itself.</summary>
internal sealed class ShowProject(Database db, IdentityStore store, IdentityUrls urls)
{
    private const string Rule = "identity:get_project";

    [Function("identity-show-project"), Policy(Rule, Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/projects/{project_id}")]
            HttpRequest request,
        Caller caller,
        string projectId
    )
    {
        if (!caller.IsAdmin && caller.ProjectId?.Value != projectId)
            throw Refusals.Forbidden(Rule);
        var project =
            await db.ReadAsync(tx => store.FindProjectAsync(tx, projectId))
            ?? throw Refusals.NotFound("project", projectId);
        return ProjectView.Answer(200, request, urls, project);
    }
}
