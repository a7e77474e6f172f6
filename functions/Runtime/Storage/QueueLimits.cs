using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>What the queue service refuses, refused here first, so that every implementation answers alike.</summary>
internal static class QueueLimits
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static ReadOnlyMemory<byte> Body(ReadOnlyMemory<byte> body) =>
        body.Length <= QueueMessage.MaxBytes
            ? body
            : throw new Fault(
                FaultCode.TooLarge,
                $"A message of {body.Length} bytes is longer than {QueueMessage.MaxBytes}."
            );

    public static int Batch(int max) =>
        max is >= 1 and <= 32 ? max : throw Fault.BadRequest($"A batch is 1 to 32 messages, not {max}.");

    public static int Delay(TimeSpan delay) => Seconds(delay, TimeSpan.Zero);

    public static int Hold(TimeSpan timeout) => Seconds(timeout, TimeSpan.FromTicks(1));

    public static long Lifetime(TimeSpan timeToLive) =>
        timeToLive > TimeSpan.Zero
            ? (long)Math.Ceiling(timeToLive.TotalSeconds)
            : throw Fault.BadRequest($"A message lives longer than {timeToLive}.");

    /// <summary>Whole seconds, rounded up: a hidden message must not reappear before its holder expects it.</summary>
    private static int Seconds(TimeSpan value, TimeSpan least) =>
        value >= least && value <= Longest
            ? (int)Math.Ceiling(value.TotalSeconds)
            : throw Fault.BadRequest($"A message is hidden for {least} to {Longest}, not {value}.");
}
