using Pipeline.Contracts.Placement;
using Pipeline.Data;

namespace Pipeline.Compute.Hosts;

/// <summary>`os-services`: the agent of each compute host, by the name that operators' tools look for.</summary>
internal sealed class ListServices(Database db, IAllocations allocations)
{
    private const string Binary = "nova-compute";
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.ffffff";

    [Function("compute-list-services"), Policy("os_compute_api:os-services:list", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/os-services")] HttpRequest request
    )
    {
        var query = Query.Of(request);
        var (host, binary) = (query["host"], query["binary"]);
        var hosts = binary is null or Binary ? await db.ReadAsync(allocations.ListHostsAsync) : [];
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("services");
                foreach (var one in hosts.Where(h => host is null || h.Name == host))
                {
                    w.WriteStartObject();
                    w.WriteNumber("id", HostNumber.Of(one.Id));
                    w.WriteString("binary", Binary);
                    w.WriteString("host", one.Name);
                    w.WriteString("zone", "nova");
                    w.WriteString("status", one.Enabled ? "enabled" : "disabled");
                    w.WriteString("state", one.Up ? "up" : "down");
                    w.WriteString("updated_at", one.ChangedAt.ToString(Time));
                    w.WriteNull("disabled_reason");
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }
}
