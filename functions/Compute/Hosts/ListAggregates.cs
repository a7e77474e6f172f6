namespace Pipeline.Compute.Hosts;

/// <summary>
/// `os-aggregates`: this cloud groups its hosts in no aggregates, so there are none to list. Clients ask before they show a
/// hypervisor.
/// </summary>
internal sealed class ListAggregates
{
    [Function("compute-list-aggregates"), Policy("os_compute_api:os-aggregates:index", Require.Admin)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/os-aggregates")] HttpRequest request
    ) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("aggregates");
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
}
