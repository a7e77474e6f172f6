namespace Pipeline.Runtime.Storage;

/// <summary>A message as received: nobody else sees it before <paramref name="NextVisibleOn"/>.</summary>
/// <param name="PopReceipt">Proves who holds it; every receive and every renewal makes a new one.</param>
/// <param name="DequeueCount">How often it has been received, this time included.</param>
public sealed record QueueMessage(
    string MessageId,
    string PopReceipt,
    ReadOnlyMemory<byte> Body,
    long DequeueCount,
    DateTimeOffset InsertedOn,
    DateTimeOffset NextVisibleOn
)
{
    /// <summary>The longest body: the service's 64 KiB hold base64.</summary>
    public const int MaxBytes = 48 * 1024;
}

/// <summary>A message as looked at without taking it.</summary>
public sealed record PeekedMessage(
    string MessageId,
    ReadOnlyMemory<byte> Body,
    long DequeueCount,
    DateTimeOffset InsertedOn
);
