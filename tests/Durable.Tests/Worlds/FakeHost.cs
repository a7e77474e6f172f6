using Pipeline.Contracts.Hosts;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;

namespace Pipeline.Durable.Tests.Worlds;

/// <summary>
/// A host as the engine sees one: it outlives the functions host, does one order of a resource at a time, refuses lower
/// epochs, and answers what it has done already from its journal.
/// </summary>
internal sealed class FakeHost(DurableJson json)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> things = [];
    private readonly Dictionary<string, long> epochs = [];
    private readonly Dictionary<string, Task> turns = [];
    private readonly Dictionary<(string, int), HostAnswer> journal = [];
    private readonly Dictionary<string, CancellationTokenSource> running = [];
    private readonly List<HostOrder> orders = [];

    public HostId Id { get; } = new(new Guid("aaaaaaaa-0000-4000-8000-000000000001"));

    /// <summary>What delays or fails an order, before it is done; it gets the token that a cancel ends.</summary>
    public Func<HostOrder, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>All orders that were begun, in order, and what they found: tries and second deliveries included.</summary>
    public IReadOnlyList<HostOrder> Orders
    {
        get
        {
            lock (gate)
                return [.. orders];
        }
    }

    public IReadOnlyList<string> Things
    {
        get
        {
            lock (gate)
                return [.. things.Order(StringComparer.Ordinal)];
        }
    }

    public async Task<HostAnswer> HandleAsync(HostOrder order)
    {
        var turn = new TaskCompletionSource();
        Task before;
        lock (gate)
        {
            before = turns.GetValueOrDefault(order.Resource) ?? Task.CompletedTask;
            turns[order.Resource] = turn.Task;
        }
        await before;
        try
        {
            return Remember(order) ?? await DoAsync(order);
        }
        finally
        {
            turn.SetResult();
        }
    }

    /// <summary>Cancels what runs under this activity id; one that does not run is not known.</summary>
    public void Cancel(string activityId)
    {
        lock (gate)
            if (running.TryGetValue(activityId, out var stop))
                stop.Cancel();
    }

    private HostAnswer? Remember(HostOrder order)
    {
        lock (gate)
            return journal.GetValueOrDefault((order.ActivityId, order.Attempt));
    }

    private async Task<HostAnswer> DoAsync(HostOrder order)
    {
        using var stop = new CancellationTokenSource();
        lock (gate)
        {
            if (order.Epoch < epochs.GetValueOrDefault(order.Resource))
                return Answer(order, new FaultDetails(FaultCode.Superseded, "a newer operation holds the resource"));
            epochs[order.Resource] = order.Epoch;
            orders.Add(order);
            running[order.ActivityId] = stop;
        }
        var answer = Answer(order, await TryAsync(order, stop.Token));
        lock (gate)
        {
            running.Remove(order.ActivityId);
            journal[(order.ActivityId, order.Attempt)] = answer;
        }
        return answer;
    }

    private async Task<FaultDetails?> TryAsync(HostOrder order, CancellationToken stop)
    {
        try
        {
            await Before(order, stop);
            lock (gate)
                _ =
                    order.Name == nameof(Ensure)
                        ? things.Add(json.Read<Ensure>(order.Input).Thing)
                        : things.Remove(json.Read<Destroy>(order.Input).Thing);
            return null;
        }
        catch (Fault fault)
        {
            return fault.Details;
        }
        catch (OperationCanceledException)
        {
            return new(FaultCode.Cancelled, "cancelled on the host");
        }
    }

    private static HostAnswer Answer(HostOrder order, FaultDetails? fault) =>
        new(order.ActivityId, order.Attempt, fault is null ? "{}" : null, fault, 0);
}
