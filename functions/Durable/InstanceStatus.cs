namespace Pipeline.Durable;

/// <summary>Durable Functions' status words.</summary>
public static class InstanceStatus
{
    /// <summary>Accepted; waits for its resource or for its first turn.</summary>
    public const string Pending = "Pending";
    public const string Running = "Running";
    public const string Completed = "Completed";
    public const string Failed = "Failed";
    public const string Canceled = "Canceled";

    /// <summary>Ended by an operator, with nothing undone.</summary>
    public const string Terminated = "Terminated";

    /// <summary>Stands still: by an operator's word, or with a `blocked` object when its code no longer repeats its history.</summary>
    public const string Suspended = "Suspended";

    /// <summary>The others.</summary>
    public static IReadOnlyList<string> Open { get; } = [Pending, Running, Suspended];

    /// <summary>Those in which an instance has ended.</summary>
    public static IReadOnlyList<string> Terminal { get; } = [Completed, Failed, Canceled, Terminated];

    public static bool IsTerminal(string status) => Terminal.Contains(status);
}
