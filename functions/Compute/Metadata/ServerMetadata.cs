using System.Text.Json;
using Pipeline.Compute.Quotas;
using Pipeline.Compute.Servers;
using Pipeline.Data;

namespace Pipeline.Compute.Metadata;

/// <summary>What every change of a server's metadata does: see the server, change the pairs, count them, write.</summary>
internal sealed class ServerMetadata(Database db)
{
    public const string Route = "compute/v2.1/servers/{id}/metadata";
    public const string ItemRoute = Route + "/{key}";

    public Task<Dictionary<string, string>> ReadAsync(ServerId id, Caller caller) =>
        db.ReadAsync(async tx => PairsOf(await ServerOperations.FindAsync(tx, id, caller)));

    /// <param name="change">Gives the new pairs, or throws; it may run again.</param>
    /// <exception cref="Fault">NotFound; Conflict while the server is being deleted; QuotaExceeded.</exception>
    public Task<Dictionary<string, string>> ChangeAsync(
        ServerId id,
        Caller caller,
        RequestId requestId,
        string rule,
        Func<Dictionary<string, string>, Dictionary<string, string>> change
    ) =>
        db.WriteAsync(async tx =>
        {
            var server = await ServerOperations.FindUnlockedAsync(tx, id, caller);
            if (server.TaskState == "deleting")
                throw ServerOperations.WrongState(server, "update metadata of");
            var pairs = change(PairsOf(server));
            await ComputeQuota.CheckMetadataAsync(tx, server.ProjectId, pairs.Count);
            var text = JsonSerializer.Serialize(pairs, ComputeJson.Default.DictionaryStringString);
            await tx.SaveServerAsync(server with { Metadata = text });
            await tx.AuditAsync(caller.Audit(requestId, rule, Server.ResourceOf(id)));
            return pairs;
        });

    /// <summary>`{"metadata": {…}}`: values of up to 255 characters under keys of 1 to 255.</summary>
    public static async Task<Dictionary<string, string>> PairsOfAsync(HttpRequest request, CancellationToken ct) =>
        (await request.ReadFieldsAsync(ct)).Object("metadata").StringMap();

    public static Answer View(string name, Dictionary<string, string> pairs) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject(name);
                foreach (var (key, value) in pairs)
                    w.WriteString(key, value);
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );

    private static Dictionary<string, string> PairsOf(Server server) =>
        JsonSerializer.Deserialize(server.Metadata, ComputeJson.Default.DictionaryStringString) ?? [];

    public static Fault NoSuchKey() => Fault.NotFound("Metadata item was not found");
}
