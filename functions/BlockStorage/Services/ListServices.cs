using System.Text.Json;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Services;

/// <summary>`os-services`: the scheduler, each backend on its host, and the hosts that make backups.</summary>
internal sealed class ListServices(Database db, IHosts hosts, TimeProvider time)
{
    public const string Time = "yyyy-MM-dd'T'HH:mm:ss.ffffff";

    [Function("volume-list-services"), Policy("volume_extension:services:index", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/os-services")] HttpRequest request,
        Microversion version
    )
    {
        var query = Query.Of(request);
        var (host, binary) = (query["host"], query["binary"]);
        var services = await db.ReadAsync(tx => StorageService.ListAsync(tx, hosts, time.GetUtcNow()));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("services");
                foreach (var one in services)
                    if ((binary is null || binary == one.Binary) && IsOn(one, host))
                        Write(w, one, version);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    /// <summary>A host's name alone stands for all of its backends.</summary>
    private static bool IsOn(StorageService one, string? host) =>
        host is null || one.Host == host || one.Host.StartsWith($"{host}@", StringComparison.Ordinal);

    private static void Write(Utf8JsonWriter w, StorageService one, Microversion version)
    {
        w.WriteStartObject();
        w.WriteString("binary", one.Binary);
        w.WriteString("host", one.Host);
        w.WriteString("zone", one.Zone);
        w.WriteString("status", one.Status);
        w.WriteString("state", one.Up ? "up" : "down");
        w.WriteString("updated_at", one.UpdatedAt.ToString(Time));
        w.WriteString("disabled_reason", one.Backend?.DisabledReason);
        if (one.Backend is not null)
        {
            w.WriteString("replication_status", "disabled");
            w.WriteNull("active_backend_id");
            w.WriteBoolean("frozen", false);
            if (version >= VolumeVersions.BackendState)
                w.WriteString("backend_state", one.Up ? "up" : "down");
        }
        if (version >= VolumeVersions.Clusters)
            w.WriteNull("cluster");
        w.WriteEndObject();
    }
}
