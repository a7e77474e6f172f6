using Pipeline.Compute.Quotas;
using Pipeline.Data;

namespace Pipeline.Compute.Flavors;

/// <summary>Which projects may use a flavor that is not public: listed, and changed by two actions.</summary>
internal sealed class FlavorAccess(Database db, IProjects projects)
{
    private const string Route = "compute/v2.1/flavors/{id}";
    private const string Rule = "os_compute_api:os-flavor-access";

    [Function("compute-list-flavor-access"), Policy(Rule, Require.Admin)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/os-flavor-access")] HttpRequest request,
        string id
    ) =>
        View(
            id,
            await db.ReadAsync(async tx =>
                (await FindAsync(tx, id)).IsPublic
                    ? throw Fault.NotFound("Access list not available for public flavors.")
                    : await tx.ListFlavorProjectsAsync(id)
            )
        );

    [Function("compute-flavor-action"), Policy(Rule + ":change", Require.Admin)]
    public async Task<IResult> ChangeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/action")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        if (body.Entries().ToList() is not [var (action, argument)])
            throw Fault.BadRequest("Malformed request body: it must name one action.");
        var adds = action switch
        {
            "addTenantAccess" => true,
            "removeTenantAccess" => false,
            _ => throw Fault.BadRequest($"There is no such action: {action}"),
        };
        var project = new ProjectId(argument.Object().String("tenant", 1));
        var listed = await db.WriteAsync(async tx =>
        {
            await (adds ? AddAsync(tx, id, project) : RemoveAsync(tx, id, project));
            await tx.AuditAsync(caller.Audit(requestId, $"{Rule}:{action}", $"flavor/{id}"));
            return await tx.ListFlavorProjectsAsync(id);
        });
        return View(id, listed);
    }

    private async ValueTask AddAsync(Tx tx, string id, ProjectId project)
    {
        await projects.CheckAsync(tx, project);
        if ((await FindAsync(tx, id)).IsPublic)
            throw Fault.Conflict("Can not add access to a public flavor.");
        if (!await tx.AddFlavorProjectAsync(id, project))
            throw Fault.Conflict($"Flavor access already exists for flavor {id} and project {project} combination.");
    }

    private static async ValueTask RemoveAsync(Tx tx, string id, ProjectId project)
    {
        await FindAsync(tx, id);
        if (!await tx.RemoveFlavorProjectAsync(id, project))
            throw Fault.NotFound($"Flavor access not found for {id} / {project} combination.");
    }

    private static async ValueTask<Flavor> FindAsync(Tx tx, string id) =>
        await tx.FindFlavorAsync(id) ?? throw Fault.NotFound($"Flavor {id} could not be found.");

    private static Answer View(string id, IReadOnlyList<FlavorProjectRow> projects) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("flavor_access");
                foreach (var row in projects)
                {
                    w.WriteStartObject();
                    w.WriteString("flavor_id", id);
                    w.WriteString("tenant_id", row.ProjectId.Value);
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
}
