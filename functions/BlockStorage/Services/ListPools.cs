using System.Text.Json;
using Pipeline.BlockStorage.Backends;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Services;

/// <summary>`scheduler-stats/get_pools`: what the scheduler chooses from, with `detail=true` what each told of itself.</summary>
internal sealed class ListPools(Database db, IHosts hosts)
{
    [Function("volume-list-pools"), Policy("scheduler_extension:scheduler_stats:get_pools", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/scheduler-stats/get_pools")]
            HttpRequest request
    )
    {
        var query = Query.Of(request);
        var detail = query.Bool("detail") ?? false;
        var name = query["name"];
        var services = await db.ReadAsync(tx => StorageService.ListBackendServicesAsync(tx, hosts));
        var rows = services.Where(one => one.Serves).Select(one => one.Backend).OfType<BackendRow>();
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("pools");
                foreach (var row in rows.Where(row => name is null || row.Pool == name))
                {
                    w.WriteStartObject();
                    w.WriteString("name", row.Pool);
                    if (detail)
                        Capabilities(w, row);
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    private static void Capabilities(Utf8JsonWriter w, BackendRow row)
    {
        var told = row.Told;
        w.WriteStartObject("capabilities");
        w.WriteString("volume_backend_name", row.Name);
        w.WriteString("pool_name", row.Name);
        w.WriteString("vendor_name", told.Statistics.Vendor);
        w.WriteString("driver_version", told.Statistics.DriverVersion);
        w.WriteString("storage_protocol", told.Statistics.Protocol);
        Gigabytes(w, "total_capacity_gb", told.Statistics.Total);
        Gigabytes(w, "free_capacity_gb", told.Statistics.Free);
        w.WriteNumber("reserved_percentage", told.ReservedPercentage);
        w.WriteNumber("max_over_subscription_ratio", told.MaxOversubscription);
        w.WriteNumber("provisioned_capacity_gb", row.ProvisionedGib);
        w.WriteNumber("allocated_capacity_gb", row.ProvisionedGib);
        w.WriteNumber("total_volumes", row.Volumes);
        foreach (var (capability, can) in told.Statistics.Capabilities.OrderBy(c => c.Key, StringComparer.Ordinal))
            w.WriteBoolean(capability, can);
        w.WriteString("timestamp", row.UpdatedAt.ToString(ListServices.Time));
        w.WriteEndObject();
    }

    private static void Gigabytes(Utf8JsonWriter w, string name, Capacity capacity)
    {
        if (capacity.Gib is { } gib)
            w.WriteNumber(name, gib);
        else
            w.WriteString(name, capacity.IsInfinite ? "infinite" : "unknown");
    }
}
