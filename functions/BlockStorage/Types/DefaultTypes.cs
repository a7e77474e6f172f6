using System.Text.Json;
using Pipeline.BlockStorage.Quotas;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

/// <summary>Which type a project's volumes are of that name none: an operator's word, in place of the cloud's own default.</summary>
internal sealed class DefaultTypes(Database db, IProjects projects)
{
    private const string Route = "volume/v3/default-types";
    private const string One = Route + "/{project}";
    private const string Rules = "volume_extension:default_";

    [Function("volume-list-default-types"), Policy(Rules + "get_all", Require.Admin)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request
    )
    {
        var all = await db.ReadAsync(tx => tx.ListDefaultTypesAsync());
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("default_types"u8);
                foreach (var one in all)
                    Write(w, one);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    [Function("volume-show-project-default-type"), Policy(Rules + "get", Require.Admin)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        ProjectId project
    ) => View(await db.ReadAsync(tx => tx.FindDefaultTypeAsync(project)) ?? throw None(project));

    [Function("volume-set-default-type"), Policy(Rules + "set_or_update", Require.Admin)]
    public async Task<IResult> SetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request,
        ProjectId project,
        Caller caller,
        RequestId requestId
    )
    {
        var order = (await request.ReadFieldsAsync()).Object("default_type");
        order.Only("volume_type");
        var named = order["volume_type"].String(1);
        var set = await db.WriteAsync(async tx =>
        {
            await projects.CheckAsync(tx, project);
            var type = await tx.FindVolumeTypeAsync(named, caller);
            if (type is null || !await tx.HoldVolumeTypeAsync(type.Id))
                throw Fault.NotFound($"Volume type {named} could not be found.");
            var chosen = new DefaultType { ProjectId = project, VolumeTypeId = type.Id };
            await tx.SetDefaultTypeAsync(chosen);
            await tx.AuditAsync(caller.Audit(requestId, Rules + "set_or_update", $"default-type/{project}"));
            return chosen;
        });
        return View(set);
    }

    /// <summary>The cloud's own default holds again.</summary>
    [Function("volume-delete-default-type"), Policy(Rules + "unset", Require.Admin), Answers(204)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        ProjectId project,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            if (!await tx.TryRemoveDefaultTypeAsync(project))
                throw None(project);
            await tx.AuditAsync(caller.Audit(requestId, Rules + "unset", $"default-type/{project}"));
        });
        return Answer.Empty(204);
    }

    private static Fault None(ProjectId project) =>
        Fault.NotFound($"Default type for project {project} could not be found.");

    private static Answer View(DefaultType one) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("default_type"u8);
                Write(w, one);
                w.WriteEndObject();
            }
        );

    private static void Write(Utf8JsonWriter w, DefaultType one)
    {
        w.WriteStartObject();
        w.WriteString("project_id"u8, one.ProjectId.Value);
        w.WriteString("volume_type_id"u8, one.VolumeTypeId.ToString());
        w.WriteEndObject();
    }
}
