using Pipeline.BlockStorage.Services;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Zones;

/// <summary>The zones of storage hosts, each available while a backend in it takes new volumes; the cloud's own while there is none.</summary>
internal sealed class ListAvailabilityZones(Database db, IHosts hosts)
{
    [Function("volume-list-zones"), Policy("volume:availability_zone_list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/os-availability-zone")] HttpRequest request
    )
    {
        var services = await db.ReadAsync(tx => StorageService.ListBackendServicesAsync(tx, hosts));
        var zones = services
            .Select(one => (one.Zone, one.Serves))
            .DefaultIfEmpty((Zone: VolumeZones.Own, Serves: false))
            .ToLookup(z => z.Zone, z => z.Serves);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("availabilityZoneInfo");
                foreach (var zone in zones.OrderBy(z => z.Key, StringComparer.Ordinal))
                {
                    w.WriteStartObject();
                    w.WriteString("zoneName", zone.Key);
                    w.WriteStartObject("zoneState");
                    w.WriteBoolean("available", zone.Any(serves => serves));
                    w.WriteEndObject();
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }
}
