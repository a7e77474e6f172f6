using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

/// <summary>Extra specs of a type: written by operators while no volume is of it, since volumes lie where they have said.</summary>
internal sealed class TypeExtraSpecs(Database db)
{
    private const string Route = "volume/v3/types/{id}/extra_specs";
    private const string ItemRoute = Route + "/{key}";
    private const string Rules = "volume_extension:types_extra_specs:";

    [Function("volume-list-type-specs"), Policy(Rules + "index", Require.ProjectReader)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        string id,
        Caller caller
    ) => View((await db.ReadAsync(tx => tx.GetVolumeTypeAsync(id, caller))).SpecsFor(caller));

    [Function("volume-show-type-spec"), Policy(Rules + "show", Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ItemRoute)] HttpRequest request,
        string id,
        string key,
        Caller caller
    )
    {
        var specs = (await db.ReadAsync(tx => tx.GetVolumeTypeAsync(id, caller))).SpecsFor(caller);
        return One(key, specs.TryGetValue(key, out var value) ? value : throw NoSuchKey(id, key));
    }

    [Function("volume-create-type-specs"), Policy(Rules + "create", Require.Admin)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        body.Only("extra_specs");
        var added = SpecMap.Read(body.Object("extra_specs"));
        var audit = caller.Audit(requestId, Rules + "create", $"volume-type/{id}");
        await ChangeAsync(
            id,
            audit,
            specs =>
            {
                foreach (var (key, value) in added)
                    specs[key] = value;
            }
        );
        return View(added);
    }

    /// <summary>Sets one spec; the body must name the same key as the path, and no other.</summary>
    [Function("volume-update-type-spec"), Policy(Rules + "update", Require.Admin)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = ItemRoute)] HttpRequest request,
        string id,
        string key,
        Caller caller,
        RequestId requestId
    )
    {
        var given = SpecMap.Read(await request.ReadFieldsAsync());
        if (given.Count != 1 || !given.TryGetValue(key, out var value))
            throw Fault.BadRequest("Request body and URI mismatch");
        await ChangeAsync(
            id,
            caller.Audit(requestId, Rules + "update", $"volume-type/{id}"),
            specs => specs[key] = value
        );
        return One(key, value);
    }

    [Function("volume-delete-type-spec"), Policy(Rules + "delete", Require.Admin), Answers(202)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = ItemRoute)] HttpRequest request,
        string id,
        string key,
        Caller caller,
        RequestId requestId
    )
    {
        await ChangeAsync(
            id,
            caller.Audit(requestId, Rules + "delete", $"volume-type/{id}"),
            specs =>
            {
                if (!specs.Remove(key))
                    throw NoSuchKey(id, key);
            }
        );
        return Answer.Empty(202);
    }

    private Task ChangeAsync(string id, AuditRecord audit, Action<Dictionary<string, string>> change) =>
        db.WriteAsync(async tx =>
        {
            var type = await tx.LockVolumeTypeAsync(id);
            var specs = type.Specs;
            change(specs);
            if (await tx.IsVolumeTypeUsedAsync(type.Id))
                throw Fault.BadRequest("Volume Type is currently in use.");
            await tx.TryUpdateVolumeTypeAsync(type.With(specs)); // its name is its own
            await tx.AuditAsync(audit);
        });

    private static Fault NoSuchKey(string id, string key) =>
        Fault.NotFound($"Volume Type {id} has no extra specs with key {key}.");

    private static Answer One(string key, string value) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteString(key, value);
                w.WriteEndObject();
            }
        );

    private static Answer View(Dictionary<string, string> specs) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                SpecMap.Write(w, "extra_specs", specs);
                w.WriteEndObject();
            }
        );
}
