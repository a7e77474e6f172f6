using Pipeline.BlockStorage.Quotas;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

/// <summary>Which projects may use a type that is not public: listed, and changed by two actions.</summary>
internal sealed class VolumeTypeAccess(Database db, IProjects projects)
{
    private const string Route = "volume/v3/types/{id}";
    private const string Rule = "volume_extension:volume_type_access";

    [Function("volume-list-type-access"), Policy(Rule + ":get_all_for_type", Require.Admin)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/os-volume-type-access")]
            HttpRequest request,
        string id,
        Caller caller
    )
    {
        var listed = await db.ReadAsync(async tx =>
        {
            var type = await tx.GetVolumeTypeAsync(id, caller);
            return type.IsPublic
                ? throw Fault.NotFound("Access list not available for public volume types.")
                : await tx.ListTypeProjectsAsync(type.Id);
        });
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("volume_type_access");
                foreach (var project in listed)
                {
                    w.WriteStartObject();
                    w.WriteString("volume_type_id", id);
                    w.WriteString("project_id", project.Value);
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    [Function("volume-type-action"), Policy(Rule + ":change", Require.Admin), Answers(202)]
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
            "addProjectAccess" => true,
            "removeProjectAccess" => false,
            _ => throw Fault.BadRequest($"There is no such action: {action}"),
        };
        var project = new ProjectId(argument.Object().String("project", 1));
        await db.WriteAsync(async tx =>
        {
            var type = await tx.LockVolumeTypeAsync(id);
            if (type.IsPublic)
                throw Fault.BadRequest(
                    "Invalid volume type: Type access modification is not applicable to public volume type."
                );
            await (adds ? AddAsync(tx, type.Id, project) : RemoveAsync(tx, type.Id, project));
            await tx.AuditAsync(caller.Audit(requestId, $"{Rule}:{action}", VolumeType.TargetOf(type.Id)));
        });
        return Answer.Empty(202);
    }

    private async ValueTask AddAsync(Tx tx, VolumeTypeId id, ProjectId project)
    {
        await projects.CheckAsync(tx, project);
        if (!await tx.TryAddTypeProjectAsync(id, project))
            throw Fault.Conflict($"Volume type access for {id} / {project} combination already exists.");
    }

    private static async ValueTask RemoveAsync(Tx tx, VolumeTypeId id, ProjectId project)
    {
        if (!await tx.TryRemoveTypeProjectAsync(id, project))
            throw Fault.NotFound($"Volume type access not found for {id} / {project} combination.");
    }
}
