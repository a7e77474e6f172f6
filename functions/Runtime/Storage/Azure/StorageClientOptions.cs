namespace Pipeline.Runtime.Storage;

/// <summary>How long and how often the storage clients try.</summary>
public sealed record StorageClientOptions
{
    public static StorageClientOptions Default { get; } = new();

    /// <summary>Attempts per call, the first included.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second attempt; it doubles, and varies by a quarter either way.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bounds one attempt, and one read of a download.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bounds one attempt to upload a block.</summary>
    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromMinutes(2);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
