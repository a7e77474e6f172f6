using Pipeline.BlockStorage.Services;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Zones;

/// <summary>One zone, `nova`: available while a backend in it takes new volumes.</summary>
internal sealed class ListAvailabilityZones(Database db, IHosts hosts)
{
    public const string Zone = "nova";

    [Function("volume-list-zones"), Policy("volume:availability_zone_list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/os-availability-zone")] HttpRequest request
    )
    {
        var services = await db.ReadAsync(tx => StorageService.ListBackendServicesAsync(tx, hosts));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("availabilityZoneInfo");
                w.WriteStartObject();
                w.WriteString("zoneName", Zone);
                w.WriteStartObject("zoneState");
                w.WriteBoolean("available", services.Any(one => one.Serves));
                w.WriteEndObject();
                w.WriteEndObject();
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }
}
