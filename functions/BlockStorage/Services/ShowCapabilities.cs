using System.Text.Json;
using Pipeline.BlockStorage.Backends;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Services;

/// <summary>`capabilities/{host@backend}`: what extra specs may ask of a backend.</summary>
internal sealed class ShowCapabilities(Database db)
{
    [Function("volume-show-capabilities"), Policy("volume_extension:capabilities", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/capabilities/{host}")] HttpRequest request,
        string host
    )
    {
        var backend =
            (await db.ReadAsync(BackendStore.ListBackendsAsync)).FirstOrDefault(row => row.Service == host)
            ?? throw Fault.NotFound($"Could not find binary {StorageService.Volume} on host {host}.");
        var told = backend.Told;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteString("namespace", $"OS::Storage::Capabilities::{host}");
                w.WriteString("vendor_name", told.Statistics.Vendor);
                w.WriteString("volume_backend_name", backend.Name);
                w.WriteString("pool_name", backend.Name);
                w.WriteString("driver_version", told.Statistics.DriverVersion);
                w.WriteString("storage_protocol", told.Statistics.Protocol);
                w.WriteString("display_name", backend.Name);
                w.WriteString("description", $"The {backend.Driver} driver on {backend.HostName}.");
                w.WriteString("visibility", "public");
                w.WriteStartArray("replication_targets");
                w.WriteEndArray();
                w.WriteStartObject("properties");
                foreach (var name in BackendRow.AbilitiesOf(told).Keys.Order(StringComparer.Ordinal))
                    Property(w, name);
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }

    private static void Property(Utf8JsonWriter w, string name)
    {
        w.WriteStartObject(name);
        w.WriteString("title", name.Replace('_', ' '));
        w.WriteString("description", $"Asked for by the extra spec {name} = <is> True.");
        w.WriteString("type", "boolean");
        w.WriteEndObject();
    }
}
