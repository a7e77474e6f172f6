using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Steps;
using Pipeline.Runtime.Storage;

namespace Pipeline.Testing.Clouds;

/// <summary>The host's own queue in the hands of one agent; a dead one neither takes nor ends messages.</summary>
internal sealed class MemoryHostMessages(IQueue queue, QueueTally tally, Func<bool> dead) : IHostMessages
{
    public async Task<IReadOnlyList<HeldMessage>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken ct) =>
        [
            .. (await Living().ReceiveAsync(max, visibility, ct)).Select(m => new HeldMessage(
                m.MessageId,
                m.PopReceipt,
                m.DequeueCount,
                m.Body.ToArray()
            )),
        ];

    public async Task<HeldMessage> RenewAsync(HeldMessage message, TimeSpan visibility, CancellationToken ct)
    {
        var renewed = await Living().RenewAsync(Message(message), visibility, ct);
        return message with { PopReceipt = renewed.PopReceipt };
    }

    public async Task DeleteAsync(HeldMessage message, CancellationToken ct)
    {
        await Living().DeleteAsync(Message(message), ct);
        tally.Deleted(queue.Name);
    }

    private IQueue Living() => dead() ? throw new AgentDiedException() : queue;

    private static QueueMessage Message(HeldMessage m) =>
        new(m.Id, m.PopReceipt, m.Body, m.DequeueCount, default, default);
}
