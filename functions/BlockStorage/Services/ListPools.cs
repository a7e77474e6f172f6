using System.Text.Json;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Types;
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
            HttpRequest request,
        Caller caller,
        Microversion version
    )
    {
        var query = Query.Of(request);
        var detail = query.Bool("detail") ?? false;
        var name = query["name"];
        var type = version >= VolumeVersions.PoolTypes ? query["volume_type"] : null;
        var wanted = version >= VolumeVersions.PoolFilters ? CapabilitiesOf(query) : [];
        var (services, allocated) = await db.ReadAsync(async tx =>
        {
            if (type is not null)
                foreach (var (key, value) in (await TypeAsync(tx, type, caller)).Specs)
                    wanted[key] = value;
            return (
                await StorageService.ListBackendServicesAsync(tx, hosts),
                detail ? await tx.ListAllocatedAsync() : new Dictionary<BackendPlace, long>()
            );
        });
        var rows = services
            .Where(one => one.Serves)
            .Select(one => one.Backend)
            .OfType<BackendRow>()
            .Where(row => ExtraSpecs.Unmet(wanted, row, row.Told) is null);
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
                        Capabilities(w, row, allocated.GetValueOrDefault(row.Place));
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    /// <summary>What pools are to be like, in the words of a type's extra specs; booleans in any word for them.</summary>
    private static Dictionary<string, string> CapabilitiesOf(Query query) =>
        query
            .Names.Except(["detail", "name", "volume_type"])
            .ToDictionary(name => name, name => Words.Bool(query[name]!) is { } can ? $"<is> {can}" : query[name]!);

    private static async ValueTask<VolumeType> TypeAsync(Tx tx, string type, Caller caller) =>
        await tx.FindVolumeTypeAsync(type, caller) ?? throw Fault.NotFound($"Volume type {type} could not be found.");

    /// <param name="allocated">GiB of the volumes that lie there; what is promised counts also those on their way, and how far others are to grow.</param>
    private static void Capabilities(Utf8JsonWriter w, BackendRow row, long allocated)
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
        w.WriteNumber("allocated_capacity_gb", allocated);
        w.WriteNumber("total_volumes", row.Volumes);
        foreach (var (capability, can) in BackendRow.AbilitiesOf(told).OrderBy(c => c.Key, StringComparer.Ordinal))
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
