using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Projects;

/// <summary>What the project owned stays, with its id, for an admin to find.</summary>
internal sealed class DeleteProject(Database db, IdentityStore store, ChangeLog changes)
{
    private const string Rule = "identity:delete_project";

    [Function("identity-delete-project"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/projects/{project_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId
    )
    {
        await db.WriteAsync(async tx =>
        {
            var project = await store.FindProjectAsync(tx, projectId) ?? throw Refusals.NotFound("project", projectId);
            await store.DeleteProjectAsync(tx, project.Id);
            await changes.AddAsync(tx, Change.Project(project.Id, revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"project/{project.Id}"));
        });
        return Answer.NoContent();
    }
}
