using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Services;

/// <summary>`os-hosts`: the parts of `os-services` in an older form; `?zone=` picks those of one zone.</summary>
internal sealed class ListHosts(Database db, IHosts hosts, TimeProvider time)
{
    [Function("volume-list-hosts"), Policy("volume_extension:hosts", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/os-hosts")] HttpRequest request
    )
    {
        var zone = Query.Of(request)["zone"];
        var services = await db.ReadAsync(tx => StorageService.ListAsync(tx, hosts, time.GetUtcNow()));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("hosts");
                foreach (var one in services.Where(one => zone is null or "" || one.Zone == zone))
                {
                    w.WriteStartObject();
                    w.WriteString("host_name", one.Host);
                    w.WriteString("service", one.Binary);
                    w.WriteString("zone", one.Zone);
                    w.WriteString("service-status", one.Up ? "available" : "unavailable");
                    w.WriteString("service-state", one.Status);
                    w.WriteString("last-update", one.UpdatedAt.ToString(ListServices.Time));
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }
}
