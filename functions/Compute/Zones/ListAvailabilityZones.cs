using System.Text.Json;
using Pipeline.Contracts.Placement;
using Pipeline.Data;

namespace Pipeline.Compute.Zones;

/// <summary>One zone, `nova`: available while a host in it is up.</summary>
internal sealed class ListAvailabilityZones(Database db, IAllocations allocations)
{
    [Function("compute-list-zones"), Policy("os_compute_api:os-availability-zone:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/os-availability-zone")]
            HttpRequest request
    ) => View(await db.ReadAsync(allocations.ListHostsAsync), detail: false);

    [Function("compute-list-zones-detail"), Policy("os_compute_api:os-availability-zone:detail", Require.Admin)]
    public async Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/os-availability-zone/detail")]
            HttpRequest request
    ) => View(await db.ReadAsync(allocations.ListHostsAsync), detail: true);

    private static Answer View(IReadOnlyList<HostView> hosts, bool detail) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("availabilityZoneInfo");
                w.WriteStartObject();
                w.WriteString("zoneName", "nova");
                w.WriteStartObject("zoneState");
                w.WriteBoolean("available", hosts.Any(h => h is { Up: true, Enabled: true }));
                w.WriteEndObject();
                w.WritePropertyName("hosts");
                if (detail)
                    Hosts(w, hosts);
                else
                    w.WriteNullValue();
                w.WriteEndObject();
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );

    private static void Hosts(Utf8JsonWriter w, IReadOnlyList<HostView> hosts)
    {
        w.WriteStartObject();
        foreach (var host in hosts)
        {
            w.WriteStartObject(host.Name);
            w.WriteStartObject("nova-compute");
            w.WriteBoolean("active", host.Enabled);
            w.WriteBoolean("available", host.Up);
            w.WriteString("updated_at", host.ChangedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.000000"));
            w.WriteEndObject();
            w.WriteEndObject();
        }
        w.WriteEndObject();
    }
}
