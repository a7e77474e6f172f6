using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;

namespace Pipeline.Services.Tests.Network;

/// <summary>Hosts as the engine sees them: orders leave by the outbox, answers come when a test gives them.</summary>
internal sealed class FakeHosts(Database db) : IHosts
{
    private readonly List<HostOrder> unanswered = [];
    private EngineParts? parts;
    private DurableTaskClient? client;

    /// <summary>Hosts that were removed from the cloud.</summary>
    public HashSet<HostId> Removed { get; } = [];

    public void Attach(EngineParts engine, DurableTaskClient durable) => (parts, client) = (engine, durable);

    /// <summary>Hosts that are up.</summary>
    public List<HostId> Up { get; } = [];

    public ValueTask<IReadOnlyList<HostId>> ListUpAsync(Tx tx) => new(Up);

    public ValueTask<IReadOnlyList<HostStanding>> ListAsync(Tx tx) =>
        new([.. Up.Select(id => new HostStanding(id, IsUp: true, tx.Now))]);

    public ValueTask<HostIdentity?> FindAsync(HostId id) =>
        new(Removed.Contains(id) ? null : new HostIdentity(id, "host", [], []));

    /// <summary>Orders that have arrived and are not answered yet, in the order of their arrival; resent ones once.</summary>
    public async Task<IReadOnlyList<HostOrder>> ArrivedAsync()
    {
        var sent = await db.WriteAsync(async tx =>
        {
            var messages = await tx.ListOutboxAsync(1000);
            await tx.DeleteOutboxAsync([.. messages.Select(m => m.Seq)]);
            return messages;
        });
        foreach (var order in sent.Select(m => parts!.Json.Read<HostOrder>(m.Body)))
            if (unanswered.All(o => o.ActivityId != order.ActivityId))
                unanswered.Add(order);
        return unanswered;
    }

    public async Task<IReadOnlyList<TStep>> ArrivedAsync<TStep>() =>
        [
            .. (await ArrivedAsync())
                .Where(o => o.Name == typeof(TStep).Name)
                .Select(o => parts!.Json.Read<TStep>(o.Input)),
        ];

    /// <summary>What has arrived is lost, as when the host was down.</summary>
    public async Task ForgetAsync()
    {
        await ArrivedAsync();
        unanswered.Clear();
    }

    /// <summary>Answers all that has arrived; how many.</summary>
    public async Task<int> AnswerAsync(FaultDetails? fault = null)
    {
        var orders = (await ArrivedAsync()).ToList();
        unanswered.Clear();
        foreach (var order in orders)
            await client!.AnswerAsync(
                order.Host,
                new HostAnswer(order.ActivityId, order.Attempt, fault is null ? "{}" : null, fault, 0)
            );
        return orders.Count;
    }
}
