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

    /// <summary>Parked; with a `blocked` object when its code no longer repeats its history.</summary>
    public const string Suspended = "Suspended";

    public static bool IsTerminal(string status) => status is Completed or Failed or Canceled;
}
