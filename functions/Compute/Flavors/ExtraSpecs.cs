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
    )
    {
        var flavor = await db.ReadAsync(tx => FindAsync(tx, id));
        return flavor.IsPublic || caller.IsAdmin ? View(flavor.Extras) : throw Unknown(id);
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
            audit,
            specs =>
            {
                if (!specs.Remove(key))
                    throw Fault.NotFound($"Flavor {id} has no extra specs with key {key}.");
            }
        );
        return Answer.Empty(200);
    }

    private Task ChangeAsync(string id, AuditRecord audit, Action<Dictionary<string, string>> change) =>
        db.WriteAsync(async tx =>
        {
            var specs = (await FindAsync(tx, id)).Extras;
            change(specs);
            await tx.SetExtraSpecsAsync(
                id,
                JsonSerializer.Serialize(specs, ComputeJson.Default.DictionaryStringString)
            );
            await tx.AuditAsync(audit);
        });

    private static async ValueTask<Flavor> FindAsync(Tx tx, string id) =>
        await tx.FindFlavorAsync(id) ?? throw Unknown(id);

    private static Fault Unknown(string id) => Fault.NotFound($"Flavor {id} could not be found.");

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
