using Pipeline.Data;

namespace Pipeline.Identity.Projects;

internal sealed class CreateProject(
    Database db,
    IdentityStore store,
    Policies policies,
    IdentityUrls urls,
    Randomness randomness
)
{
    /// <summary>Projects above each other, the domain not counted.</summary>
    private const int Deepest = 5;

    private const string Rule = "identity:create_project";

    [Function("identity-create-project"), Policy(Rule, Require.Token, Check = Checks.WriteProject), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/projects")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        var order = Read(body.Object("project"), caller);
        var key = IdempotencyKeys.Of(request, caller, body);
        var made = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
            {
                var known = await store.FindProjectAsync(tx, stored.Body);
                policies.Enforce(Rule, caller, Targets.NewProject((known ?? order).DomainId));
                return known ?? throw Refusals.NotFound("project", stored.Body);
            }
            var project = await PlaceAsync(tx, order, given: body.Object("project").Nullable("domain_id") is not null);
            policies.Enforce(Rule, caller, Targets.NewProject(project.DomainId));
            if (await store.FindDomainAsync(tx, project.DomainId.Value) is null)
                throw Fault.BadRequest($"Could not find domain: {project.DomainId}.");
            if (!await store.TryAddProjectAsync(tx, project))
                throw NameTaken(project);
            await tx.RememberAsync(key, 201, project.Id.Value);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"project/{project.Id}"));
            return project;
        });
        return ProjectView.Answer(201, request, urls, made);
    }

    public static Fault NameTaken(Project project) =>
        Fault.Conflict(
            "Conflict occurred attempting to store project - it is not permitted to have two projects with either the "
                + $"same name or same id in the same domain: name is {project.Name}, project id {project.Id}."
        );

    // Below another project it lies in that one's domain.
    private async ValueTask<Project> PlaceAsync(Tx tx, Project order, bool given)
    {
        if (order.ParentId is not { } id)
            return order;
        if (await store.FindProjectAsync(tx, id.Value) is not { } parent)
            return given || await store.FindDomainAsync(tx, id.Value) is not { } domain
                ? throw Fault.BadRequest($"Could not find project: {id}.")
                : order with
                {
                    ParentId = null,
                    DomainId = domain.Id,
                };
        if (given && parent.DomainId != order.DomainId)
            throw Fault.BadRequest("Invalid input for field project.domain_id: it must be the parent's domain.");
        if (!parent.Enabled)
            throw Fault.Forbidden($"Cannot create project {order.Name} since its parent {id} is disabled.");
        if ((await store.ParentsAsync(tx, parent)).Count + 1 >= Deepest)
            throw Fault.Forbidden($"Max hierarchy depth reached for {id} branch.");
        return order with { DomainId = parent.DomainId };
    }

    private Project Read(Fields body, Caller caller)
    {
        _ = body["name"];
        var domain = body.DomainOf(caller);
        if (body.Nullable("is_domain") is { } acts && acts.Bool())
            throw acts.Wrong("must be false: projects do not act as domains here");
        var parent = body.Nullable("parent_id")?.Id<ProjectId>();
        return ProjectFields
            .Read(body)
            .Over(
                new()
                {
                    Id = new(randomness.NewGuid().ToString("N")),
                    DomainId = domain,
                    ParentId = parent?.Value == domain.Value ? null : parent,
                    Description = "",
                    Enabled = true,
                }
            );
    }
}
