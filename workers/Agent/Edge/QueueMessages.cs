using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts.Hosts;
using Pipeline.Runtime.Storage;

namespace Pipeline.Agent.Edge;

/// <summary>The host's queue in Azure Queue Storage, by a SAS for it alone; a refused SAS is asked for anew.</summary>
internal sealed class QueueMessages(HttpControlPlane control, StorageTransport transport) : IHostMessages
{
    private IQueue? queue;

    public Task<IReadOnlyList<HeldMessage>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken ct) =>
        OnQueueAsync<IReadOnlyList<HeldMessage>>(
            async q => [.. (await q.ReceiveAsync(max, visibility, ct)).Select(Held)],
            ct
        );

    public Task<HeldMessage> RenewAsync(HeldMessage message, TimeSpan visibility, CancellationToken ct) =>
        OnQueueAsync(
            async q =>
            {
                var renewed = await q.RenewAsync(Message(message), visibility, ct);
                return message with { PopReceipt = renewed.PopReceipt };
            },
            ct
        );

    public Task DeleteAsync(HeldMessage message, CancellationToken ct) =>
        OnQueueAsync(
            async q =>
            {
                await q.DeleteAsync(Message(message), ct);
                return true;
            },
            ct
        );

    private async Task<T> OnQueueAsync<T>(Func<IQueue, Task<T>> use, CancellationToken ct)
    {
        try
        {
            queue ??= await OpenAsync(ct);
            return await use(queue);
        }
        catch (Fault fault) when (fault.Code is FaultCode.Unauthorized or FaultCode.Forbidden)
        {
            queue = await OpenAsync(ct);
            return await use(queue);
        }
    }

    private async Task<IQueue> OpenAsync(CancellationToken ct)
    {
        var answer = await control.ShowQueueAsync(ct);
        return AzureQueues.Open(new Uri(answer.Url!), transport);
    }

    private static HeldMessage Held(QueueMessage m) => new(m.MessageId, m.PopReceipt, m.DequeueCount, m.Body.ToArray());

    private static QueueMessage Message(HeldMessage m) =>
        new(m.Id, m.PopReceipt, m.Body, m.DequeueCount, default, default);
}

/// <summary>The host's queue in the cloud's database, pulled through the functions host.</summary>
internal sealed class PulledMessages(HttpControlPlane control) : IHostMessages
{
    public async Task<IReadOnlyList<HeldMessage>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken ct)
    {
        var pulled = await control.PullAsync(new(max, (int)visibility.TotalSeconds), ct);
        return [.. pulled.Select(m => new HeldMessage(m.Id, m.PopReceipt, m.DequeueCount, m.Body))];
    }

    public async Task<HeldMessage> RenewAsync(HeldMessage message, TimeSpan visibility, CancellationToken ct)
    {
        var hold = new HoldRequest(message.Id, message.PopReceipt, (int)visibility.TotalSeconds);
        return message with { PopReceipt = (await control.HoldAsync(hold, ct)).PopReceipt };
    }

    public Task DeleteAsync(HeldMessage message, CancellationToken ct) =>
        control.DropAsync(new(message.Id, message.PopReceipt, 0), ct);
}
