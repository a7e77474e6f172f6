using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Identity.Orchestrations;

namespace Pipeline.Identity.Purge;

/// <summary>
/// A verb of this cloud's own: removes all that a project owns, whether or not the project itself is still there. `?plan=true` reads what
/// that is, and changes nothing. Where it stands is asked of the orchestrations' own API, at `Location`.
/// </summary>
internal sealed class PurgeFunction(
    Database db,
    IdentityStore store,
    ProjectHoldings holdings,
    DurableTaskClient durable,
    PublicUrl publicUrl
)
{
    public const string Rule = "identity:purge_project";
    private const string Path = "identity/v3/projects/{project_id}/purge";
    private const int MostShown = 1000;

    [Function("identity-purge-project"), Policy(Rule, Require.Admin), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Path)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId
    )
    {
        var query = Query.Of(request);
        query.Only("plan");
        if (query.Bool("plan") == true)
            return await PlanAsync(projectId);
        var instance = await db.WriteAsync(async tx =>
        {
            var project = await FindAsync(tx, projectId);
            var started = $"project-{project}-purge-{requestId}";
            var order = new PurgeProject(
                project,
                caller.UserId,
                caller.ProjectId,
                caller.DomainId ?? caller.ProjectDomainId,
                requestId.Value
            );
            await durable.StartAsync(tx, order, new StartOptions(started, RequestId: requestId.Value));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"project/{project}"));
            return started;
        });
        return Answer
            .Json(202, new(instance), IdentityJson.Default.PurgeView)
            .With("Location", $"{publicUrl.Of(request)}/runtime/webhooks/durabletask/instances/{instance}")
            .With("Retry-After", "2");
    }

    [Function("identity-cancel-purge"), Policy("identity:cancel_purge", Require.Admin), Answers(202)]
    public async Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Path)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId
    )
    {
        await db.WriteAsync(async tx =>
        {
            var held = ProjectId.TryParse(projectId, out var project)
                ? await tx.FindHeldAsync(PurgeProject.ResourceOf(project))
                : null;
            var running = held?.Operation ?? throw Fault.NotFound($"Project {projectId} is not being emptied.");
            await durable.CancelAsync(tx, running, $"by the operator {caller.UserName}");
            await tx.AuditAsync(caller.Audit(requestId, "identity:cancel_purge", $"project/{project}"));
        });
        return Answer.Empty(StatusCodes.Status202Accepted);
    }

    private async Task<Answer> PlanAsync(string projectId)
    {
        var kinds = await db.ReadAsync(async tx =>
        {
            var project = await FindAsync(tx, projectId);
            var found = new List<PurgeKindView>();
            foreach (var kind in holdings.All)
                if (await kind.CountAsync(tx, project) is > 0 and var count)
                    found.Add(new(kind.Kind, count, await kind.ListAsync(tx, project, "", MostShown)));
            return found;
        });
        return Answer.Json(200, new(new(projectId, kinds)), IdentityJson.Default.PurgePlanDocument);
    }

    /// <summary>A project that is there, or was, or of which something is there.</summary>
    /// <exception cref="Fault">NotFound.</exception>
    private async ValueTask<ProjectId> FindAsync(Tx tx, string id) =>
        ProjectId.TryParse(id, out var project)
        && (
            await store.FindProjectAsync(tx, id) is not null
            || await tx.FindDeletedProjectAsync(project) is not null
            || (await holdings.CountAsync(tx, project)).Count > 0
        )
            ? project
            : throw Refusals.NotFound("project", id);
}

/// <param name="Instance">The orchestration's id.</param>
internal sealed record PurgeView(string Instance);

internal sealed record PurgePlanDocument(PurgePlanView Plan);

/// <param name="Holdings">In the order in which they go.</param>
internal sealed record PurgePlanView(string ProjectId, IReadOnlyList<PurgeKindView> Holdings);

/// <param name="Count">All of them; `things` has the first thousand.</param>
internal sealed record PurgeKindView(string Kind, long Count, IReadOnlyList<HeldThing> Things);
