using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Projects;

/// <summary>Disabling a project ends all tokens that are scoped to it.</summary>
internal sealed class UpdateProject(
    Database db,
    IdentityStore store,
    Policies policies,
    ChangeLog changes,
    IdentityUrls urls
)
{
    private const string Rule = "identity:update_project";

    [Function("identity-update-project"), Policy(Rule, Require.Token, Check = Checks.WriteProject), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "identity/v3/projects/{project_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("project");
        body.NotEmpty();
        body.SameId(projectId);
        var fields = ProjectFields.Read(body);
        var project = await db.WriteAsync(async tx =>
        {
            var found = await store.FindProjectAsync(tx, projectId);
            policies.Enforce(Rule, caller, Targets.Project(found));
            var before = found ?? throw Refusals.NotFound("project", projectId);
            Check(body, before);
            var after = fields.Over(before);
            await CheckTreeAsync(tx, before, after);
            if (!await store.TryUpdateProjectAsync(tx, after))
                throw CreateProject.NameTaken(after);
            await changes.AddAsync(tx, Change.Project(after.Id, revokes: before.Enabled && !after.Enabled));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"project/{after.Id}"));
            return after;
        });
        return ProjectView.Answer(200, request, urls, project);
    }

    // Below what is disabled nothing is enabled.
    private async ValueTask CheckTreeAsync(Tx tx, Project before, Project after)
    {
        if (before.Enabled && !after.Enabled && (await store.BelowAsync(tx, before.Id)).Any(project => project.Enabled))
            throw Fault.Forbidden($"Cannot disable project {before.Id} since its subtree contains enabled projects.");
        if (!before.Enabled && after.Enabled && (await store.ParentsAsync(tx, before)).Any(project => !project.Enabled))
            throw Fault.Forbidden($"Cannot enable project {before.Id} since it has disabled parents.");
    }

    private static void Check(Fields body, Project project)
    {
        if (body.Optional("domain_id") is { } domain && domain.String() != project.DomainId.Value)
            throw Fault.BadRequest("Cannot change Domain ID");
        if (
            body.Optional("parent_id") is { } parent
            && parent.String() != (project.ParentId?.Value ?? project.DomainId.Value)
        )
            throw Fault.Forbidden("Update of `parent_id` is not allowed.");
        if (body.Nullable("is_domain") is { } acts && acts.Bool())
            throw Fault.BadRequest("Update of `is_domain` is not allowed.");
    }
}
