namespace Pipeline.Runtime.Storage;

/// <summary>The runtime's queue in the storage client's words: the one place that changes with the client.</summary>
internal sealed class AzureQueue(QueueClient client) : IQueue
{
    public string Name => client.Name;

    public Task CreateAsync(CancellationToken ct = default) => client.CreateIfNotExistsAsync(ct);

    public Task RemoveAsync(CancellationToken ct = default) => client.DeleteIfExistsAsync(ct);

    public Task SendAsync(
        ReadOnlyMemory<byte> body,
        TimeSpan visibilityDelay = default,
        CancellationToken ct = default
    ) => client.SendMessageAsync(body, visibilityDelay, timeToLive: null, ct);

    public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(
        int max,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    ) => client.ReceiveMessagesAsync(max, visibilityTimeout, ct);

    public Task<QueueMessage> RenewAsync(
        QueueMessage message,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    ) => client.UpdateMessageAsync(message, visibilityTimeout, ct);

    public Task DeleteAsync(QueueMessage message, CancellationToken ct = default) =>
        client.DeleteMessageAsync(message, ct);
}
