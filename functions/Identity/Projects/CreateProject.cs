using Pipeline.Data;
using Pipeline.Identity.Domains;

namespace Pipeline.Identity.Projects;

internal sealed class CreateProject(Database db, IdentityStore store, IdentityUrls urls, Randomness randomness)
{
    private const string Rule = "identity:create_project";

    [Function("identity-create-project"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/projects")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        var project = Read(body.Object("project"), new(randomness.NewGuid().ToString("N")));
        var key = IdempotencyKeys.Of(request, caller, body);
        var made = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await store.FindProjectAsync(tx, stored.Body) ?? throw Refusals.NotFound("project", stored.Body);
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

    private static Project Read(Fields body, ProjectId id)
    {
        _ = body["name"];
        var domain = body.Nullable("domain_id")?.Id<DomainId>() ?? Domain.Default;
        if (body.Nullable("is_domain") is { } acts && acts.Bool())
            throw acts.Wrong("must be false: projects do not act as domains here");
        if (body.Nullable("parent_id")?.String() is { } parent && parent != domain.Value)
            throw Fault.Forbidden($"Max hierarchy depth reached for {parent} branch.");
        return ProjectFields
            .Read(body)
            .Over(
                new()
                {
                    Id = id,
                    DomainId = domain,
                    Description = "",
                    Enabled = true,
                }
            );
    }
}
