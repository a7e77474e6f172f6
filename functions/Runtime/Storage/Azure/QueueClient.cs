using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>
/// One queue of Azure Queue Storage, by its REST API. Bodies are bytes, on the wire base64, as Functions has it.
/// Made from an account's connection, or from the queue's URL with a SAS, which may allow only some of the operations
/// (`Unauthorized` for the others). Faults and repetition: <see cref="IQueue"/>, <see cref="StorageTransport"/>.
/// </summary>
public sealed class QueueClient
{
    private readonly Uri queue;
    private readonly Uri messages;
    private readonly StorageAccess access;
    private readonly StorageTransport transport;

    public QueueClient(StorageConnection connection, string queueName, StorageTransport transport)
        : this(
            new Uri($"{connection.QueueEndpoint.AbsoluteUri.TrimEnd('/')}/{StorageName.Queue(queueName)}"),
            connection.Access,
            transport
        ) { }

    /// <param name="queueUri">The queue's URL with its SAS.</param>
    public QueueClient(Uri queueUri, StorageTransport transport)
        : this(StorageAccess.Bare(queueUri), StorageAccess.From(queueUri), transport) { }

    private QueueClient(Uri queue, StorageAccess access, StorageTransport transport)
    {
        this.queue = queue;
        this.access = access;
        this.transport = transport;
        messages = new Uri($"{queue.AbsoluteUri}/messages");
        Name = StorageName.Queue(queue.Segments[^1]);
    }

    public string Name { get; }

    /// <summary>A URL that allows its holder just this, on this queue alone, until then.</summary>
    public Uri GenerateSasUri(QueueSasPermissions permissions, DateTimeOffset expiresOn) =>
        SharedAccessSignature.ForQueue(queue, Name, permissions, expiresOn, access.SigningKey);

    public Task CreateIfNotExistsAsync(CancellationToken ct = default) =>
        SendAsync(
            new StorageRequest(HttpMethod.Put, queue, $"create queue {Name}") { Expected = FaultCode.Conflict },
            ct
        );

    public Task DeleteIfExistsAsync(CancellationToken ct = default) =>
        SendAsync(
            new StorageRequest(HttpMethod.Delete, queue, $"delete queue {Name}") { Expected = FaultCode.NotFound },
            ct
        );

    /// <param name="timeToLive">Null: it never expires. Longer than the delay.</param>
    public Task SendMessageAsync(
        ReadOnlyMemory<byte> body,
        TimeSpan visibilityDelay = default,
        TimeSpan? timeToLive = null,
        CancellationToken ct = default
    ) =>
        SendAsync(
            new StorageRequest(HttpMethod.Post, messages, $"send to queue {Name}")
            {
                Query =
                [
                    ("messagettl", timeToLive is { } ttl ? QueueLimits.Lifetime(ttl).ToString() : "-1"),
                    ("visibilitytimeout", QueueLimits.Delay(visibilityDelay).ToString()),
                ],
                Body = QueueXml.Write(QueueLimits.Body(body).Span),
                ContentType = "application/xml",
            },
            ct
        );

    public async Task<IReadOnlyList<QueueMessage>> ReceiveMessagesAsync(
        int maxMessages,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    )
    {
        var request = new StorageRequest(HttpMethod.Get, messages, $"receive from queue {Name}")
        {
            Query =
            [
                ("numofmessages", QueueLimits.Batch(maxMessages).ToString()),
                ("visibilitytimeout", QueueLimits.Hold(visibilityTimeout).ToString()),
            ],
        };
        return QueueXml.ReadMessages((await SendAsync(request, ct)).Body);
    }

    public async Task<IReadOnlyList<PeekedMessage>> PeekMessagesAsync(int maxMessages, CancellationToken ct = default)
    {
        var request = new StorageRequest(HttpMethod.Get, messages, $"peek into queue {Name}")
        {
            Query = [("numofmessages", QueueLimits.Batch(maxMessages).ToString()), ("peekonly", "true")],
        };
        return QueueXml.ReadPeeked((await SendAsync(request, ct)).Body);
    }

    /// <summary>Hides a held message for so long from now, its body unchanged; its answer holds the new pop receipt.</summary>
    public async Task<QueueMessage> UpdateMessageAsync(
        QueueMessage message,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    )
    {
        var request = new StorageRequest(HttpMethod.Put, Resource(message), $"renew a message of queue {Name}")
        {
            Query =
            [
                ("popreceipt", message.PopReceipt),
                ("visibilitytimeout", QueueLimits.Delay(visibilityTimeout).ToString()),
            ],
        };
        var answer = await SendAsync(request, ct);
        return message with
        {
            PopReceipt = Required(answer, "x-ms-popreceipt"),
            NextVisibleOn = StorageXml.Time(Required(answer, "x-ms-time-next-visible")),
        };
    }

    public Task DeleteMessageAsync(QueueMessage message, CancellationToken ct = default) =>
        SendAsync(
            new StorageRequest(HttpMethod.Delete, Resource(message), $"delete a message of queue {Name}")
            {
                Query = [("popreceipt", message.PopReceipt)],
            },
            ct
        );

    public Task ClearMessagesAsync(CancellationToken ct = default) =>
        SendAsync(new StorageRequest(HttpMethod.Delete, messages, $"clear queue {Name}"), ct);

    /// <summary>Messages in the queue, hidden ones included.</summary>
    public async Task<int> GetApproximateMessagesCountAsync(CancellationToken ct = default)
    {
        var request = new StorageRequest(HttpMethod.Get, queue, $"count queue {Name}")
        {
            Query = [("comp", "metadata")],
        };
        return int.Parse(Required(await SendAsync(request, ct), "x-ms-approximate-messages-count"));
    }

    private Uri Resource(QueueMessage message) =>
        new($"{messages.AbsoluteUri}/{Uri.EscapeDataString(message.MessageId)}");

    private Task<StorageAnswer> SendAsync(StorageRequest request, CancellationToken ct) =>
        transport.SendAsync(access, request, ct);

    private string Required(StorageAnswer answer, string header) =>
        answer.Header(header)
        ?? throw new Fault(FaultCode.Unavailable, $"queue {Name}: the service's answer has no {header}.");
}
