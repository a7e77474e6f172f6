using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Projects;

/// <summary>What the project owned stays, with its id, for an admin to find.</summary>
internal sealed class DeleteProject(Database db, IdentityStore store, Policies policies, ChangeLog changes)
{
    private const string Rule = "identity:delete_project";

    [Function("identity-delete-project"), Policy(Rule, Require.Token, Check = Checks.WriteProject), Answers(204)]
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
            await store.LockGrantsAsync(tx);
            var found = await store.FindProjectAsync(tx, projectId);
            policies.Enforce(Rule, caller, Targets.Project(found));
            var project = found ?? throw Refusals.NotFound("project", projectId);
            if ((await store.BelowAsync(tx, project.Id)).Count > 0)
                throw Fault.Forbidden(
                    $"Cannot delete the project {projectId} since it is not a leaf in the hierarchy."
                );
            await Delegating.EndAsync(tx, store, changes, user: null, project.Id);
            await store.DeleteProjectAsync(tx, project.Id);
            await changes.AddAsync(tx, Change.Project(project.Id, revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"project/{project.Id}"));
        });
        return Answer.NoContent();
    }
}
