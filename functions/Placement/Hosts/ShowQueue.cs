using Pipeline.Contracts.Hosts;
using Pipeline.Runtime.Agents;

namespace Pipeline.Placement.Hosts;

/// <summary>Where a host finds its messages: its queue's URL with a fresh SAS, or none when it pulls them here.</summary>
internal sealed class ShowQueue(QueueGrants grants)
{
    [Function("hosts-show-queue"), Policy("hosts:pull", Require.Host)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hosts/v1/{host}/queue")] HttpRequest request,
        HostId host
    )
    {
        var name = $"host-{host}";
        return Answer.Json(200, new(name, grants.UrlOf(name)), ContractsJson.Default.QueueAnswer);
    }
}
