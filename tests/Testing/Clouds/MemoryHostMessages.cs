using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Steps;
using Pipeline.Contracts;
using Pipeline.Runtime.Storage;

namespace Pipeline.Testing.Clouds;

/// <summary>The host's own queue in the hands of one agent; a dead one neither takes nor ends messages.</summary>
internal sealed class MemoryHostMessages(TestCloud cloud, TestHost host, string name, Func<bool> dead) : IHostMessages
{
    private readonly IQueue queue = cloud.Queues.Open(name);

    public Func<Task> Dropping { get; init; } = () => Task.CompletedTask;

    public async Task<IReadOnlyList<HeldMessage>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken ct)
    {
        List<HeldMessage> held = [];
        foreach (var m in await Living().ReceiveAsync(max, visibility, ct))
            held.Add(new(m.MessageId, m.PopReceipt, m.DequeueCount, m.Body.ToArray()));
        if (cloud.AcknowledgesEarly)
            foreach (var message in held)
                await DeleteAsync(message, ct);
        return held;
    }

    public async Task<HeldMessage> RenewAsync(HeldMessage message, TimeSpan visibility, CancellationToken ct)
    {
        var renewed = await Living().RenewAsync(Message(message), visibility, ct);
        return message with { PopReceipt = renewed.PopReceipt };
    }

    public async Task DeleteAsync(HeldMessage message, CancellationToken ct)
    {
        await Dropping();
        await cloud.Acknowledging(message.Body);
        await Living().DeleteAsync(Message(message), ct);
        if (name == host.Identity.Joined.Queue)
            cloud.Tally.Deleted(name);
    }

    private IQueue Living() =>
        dead() ? throw new AgentDiedException()
        : host.Strain.CutOffUntil > cloud.World.Time.GetUtcNow()
            ? throw new Fault(FaultCode.Unavailable, "the storage account cannot be reached")
        : queue;

    private static QueueMessage Message(HeldMessage m) =>
        new(m.Id, m.PopReceipt, m.Body, m.DequeueCount, default, default);
}
