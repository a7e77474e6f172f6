using System.Text.Json;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Runtime.Storage;

namespace Pipeline.Testing.Clouds;

/// <summary>The storage account's queues as a functions host reaches them, on a road that loses, doubles and delays as the plan has it.</summary>
internal sealed class WatchedQueues(IQueues queues, TestCloud cloud) : IQueues
{
    public IQueue Open(string name) => new Watched(queues.Open(name), cloud);

    private sealed class Watched(IQueue queue, TestCloud cloud) : IQueue
    {
        public string Name => queue.Name;

        public Task CreateAsync(CancellationToken ct = default) => queue.CreateAsync(ct);

        public Task RemoveAsync(CancellationToken ct = default) => queue.RemoveAsync(ct);

        public async Task SendAsync(
            ReadOnlyMemory<byte> body,
            TimeSpan visibilityDelay = default,
            CancellationToken ct = default
        )
        {
            var copy = cloud.Rewritten(body.ToArray());
            foreach (var late in cloud.Faults.Deliveries(Where.Message, cloud.Tally.StepOf(copy)))
            {
                cloud.Tally.Sent(Name);
                if (late == TimeSpan.Zero)
                    await queue.SendAsync(copy, visibilityDelay, ct);
                else
                    _ = cloud.World.Start("a late message", () => LaterAsync(copy, late));
            }
        }

        public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(
            int max,
            TimeSpan visibilityTimeout,
            CancellationToken ct = default
        ) => queue.ReceiveAsync(max, visibilityTimeout, ct);

        public Task<QueueMessage> RenewAsync(
            QueueMessage message,
            TimeSpan visibilityTimeout,
            CancellationToken ct = default
        ) => queue.RenewAsync(message, visibilityTimeout, ct);

        public async Task DeleteAsync(QueueMessage message, CancellationToken ct = default)
        {
            await queue.DeleteAsync(message, ct);
            cloud.Tally.Deleted(Name);
        }

        private async Task LaterAsync(byte[] body, TimeSpan late)
        {
            await cloud.PassAsync(late);
            await queue.SendAsync(body);
        }
    }
}

/// <summary>How many messages lie in the queues or are on their way there, and which step each activity is.</summary>
internal sealed class QueueTally
{
    private readonly SortedDictionary<string, int> open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> steps = [];

    public IEnumerable<string> Open => open.Where(q => q.Value != 0).Select(q => $"{q.Key} {q.Value}");

    public void Sent(string queue) => open[queue] = open.GetValueOrDefault(queue) + 1;

    public void Deleted(string queue) => open[queue] = open.GetValueOrDefault(queue) - 1;

    /// <summary>The step's name; remembered, so that its answer is known by it too.</summary>
    public string StepOf(byte[] body)
    {
        var signed = JsonSerializer.Deserialize(body, ContractsJson.Default.SignedMessage)!;
        if (signed.Payload is null)
            return signed.Blob!;
        var message = JsonSerializer.Deserialize(signed.Payload, ContractsJson.Default.HostMessage)!;
        return steps[message.ActivityId] = message.Name;
    }

    public string StepOf(string activityId) => steps.GetValueOrDefault(activityId, "?");
}
