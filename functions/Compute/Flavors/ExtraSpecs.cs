using System.Text.Json;
using Pipeline.Data;

namespace Pipeline.Compute.Flavors;

/// <summary>Extra specs: hints to drivers and scheduler, read by all, written by admins.</summary>
internal sealed class ExtraSpecs(Database db)
{
    private const string Route = "compute/v2.1/flavors/{id}/os-extra_specs";

    [Function("compute-list-extra-specs"), Policy("os_compute_api:os-flavor-extra-specs:index", Require.ProjectReader)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        string id,
        Caller caller
    ) => View((await db.ReadAsync(tx => FindAsync(tx, id, caller))).Extras);

    [Function("compute-show-extra-spec"), Policy("os_compute_api:os-flavor-extra-specs:show", Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{key}")] HttpRequest request,
        string id,
        string key,
        Caller caller
    )
    {
        var specs = (await db.ReadAsync(tx => FindAsync(tx, id, caller))).Extras;
        return One(key, specs.TryGetValue(key, out var value) ? value : throw NoSuchKey(id, key));
    }

    /// <summary>Sets one spec; the body must name the same key as the path, and no other.</summary>
    [Function("compute-update-extra-spec"), Policy("os_compute_api:os-flavor-extra-specs:update", Require.Admin)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/{key}")] HttpRequest request,
        string id,
        string key,
        Caller caller,
        RequestId requestId
    )
    {
        var given = (await request.ReadFieldsAsync()).StringMap();
        if (given.Count != 1 || !given.TryGetValue(key, out var value))
            throw Fault.BadRequest("Request body and URI mismatch");
        var audit = caller.Audit(requestId, "os_compute_api:os-flavor-extra-specs:update", $"flavor/{id}");
        await ChangeAsync(id, caller, audit, specs => specs[key] = value);
        return One(key, value);
    }

    [Function("compute-create-extra-specs"), Policy("os_compute_api:os-flavor-extra-specs:create", Require.Admin)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var added = (await request.ReadFieldsAsync()).Object("extra_specs").StringMap();
        var audit = caller.Audit(requestId, "os_compute_api:os-flavor-extra-specs:create", $"flavor/{id}");
        await ChangeAsync(
            id,
            caller,
            audit,
            specs =>
            {
                foreach (var (key, value) in added)
                    specs[key] = value;
            }
        );
        return View(added);
    }

    [Function("compute-delete-extra-spec"), Policy("os_compute_api:os-flavor-extra-specs:delete", Require.Admin)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{key}")] HttpRequest request,
        string id,
        string key,
        Caller caller,
        RequestId requestId
    )
    {
        var audit = caller.Audit(requestId, "os_compute_api:os-flavor-extra-specs:delete", $"flavor/{id}");
        await ChangeAsync(
            id,
            caller,
            audit,
            specs =>
            {
                if (!specs.Remove(key))
                    throw NoSuchKey(id, key);
            }
        );
        return Answer.Empty(200);
    }

    private Task ChangeAsync(string id, Caller caller, AuditRecord audit, Action<Dictionary<string, string>> change) =>
        db.WriteAsync(async tx =>
        {
            var specs = (await FindAsync(tx, id, caller)).Extras;
            change(specs);
            await tx.SetExtraSpecsAsync(
                id,
                JsonSerializer.Serialize(specs, ComputeJson.Default.DictionaryStringString)
            );
            await tx.AuditAsync(audit);
        });

    private static async ValueTask<Flavor> FindAsync(Tx tx, string id, Caller caller) =>
        await tx.FindFlavorAsync(id, caller) ?? throw Fault.NotFound($"Flavor {id} could not be found.");

    private static Fault NoSuchKey(string id, string key) =>
        Fault.NotFound($"Flavor {id} has no extra specs with key {key}.");

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
                w.WriteStartObject("extra_specs");
                foreach (var (key, value) in specs)
                    w.WriteString(key, value);
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
}
