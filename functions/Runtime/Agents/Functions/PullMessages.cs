using Pipeline.Contracts.Hosts;
using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Agents;

/// <summary>An agent pulls its own queue through the functions host, where the queue lies in the database.</summary>
internal sealed class PullMessages(IQueues queues, HostConnections connections)
{
    [Function("hosts-pull-messages"), Policy("hosts:pull", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/{host}/messages")] HttpRequest request,
        HostId host,
        CancellationToken ct
    )
    {
        var fields = await request.ReadFieldsAsync(ct);
        var max = fields.Int("Max", 1, 32);
        var visibility = TimeSpan.FromSeconds(fields.Int("VisibilitySeconds", 1, 7 * 24 * 3600));
        connections.Saw(host);
        var messages = await queues.Open($"host-{host}").ReceiveAsync(max, visibility, ct);
        var pulled = messages
            .Select(m => new PulledMessage(m.MessageId, m.PopReceipt, m.DequeueCount, m.Body.ToArray()))
            .ToArray();
        return Answer.Json(200, pulled, ContractsJson.Default.PulledMessageArray);
    }
}

/// <summary>Renews a pulled message, or ends it when the time asked for is zero; answers the new pop receipt.</summary>
internal sealed class HoldMessage(IQueues queues)
{
    [Function("hosts-hold-message"), Policy("hosts:pull", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/{host}/messages/hold")]
            HttpRequest request,
        HostId host,
        CancellationToken ct
    )
    {
        var hold = await request.ReadMessageAsync<HoldRequest>(ct);
        var queue = queues.Open($"host-{host}");
        var message = new QueueMessage(hold.Id, hold.PopReceipt, default, 0, default, default);
        if (hold.VisibilitySeconds == 0)
        {
            await queue.DeleteAsync(message, ct);
            return Answer.NoContent();
        }
        var renewed = await queue.RenewAsync(message, TimeSpan.FromSeconds(hold.VisibilitySeconds), ct);
        var answer = new PulledMessage(renewed.MessageId, renewed.PopReceipt, renewed.DequeueCount, []);
        return Answer.Json(200, answer, ContractsJson.Default.PulledMessage);
    }
}
