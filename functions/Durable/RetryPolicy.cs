using Pipeline.Contracts;

namespace Pipeline.Durable;

/// <summary>How the engine repeats a failed step; it alone retries. However many tries, the history holds one pair of events.</summary>
/// <param name="MaxAttempts">Tries in all; 0 is without end (an undo).</param>
/// <param name="AllFaults">True repeats after any fault; false only after those that may pass: unavailable, timeout.</param>
public sealed record RetryPolicy(
    int MaxAttempts,
    TimeSpan FirstInterval,
    double Coefficient,
    TimeSpan MaxInterval,
    bool AllFaults = false
)
{
    /// <summary>Forward steps: a few tries when the cause may pass.</summary>
    public static RetryPolicy Default { get; } = new(4, TimeSpan.FromMilliseconds(200), 3, TimeSpan.FromSeconds(5));

    /// <summary>Undos and closing steps: until done.</summary>
    public static RetryPolicy UntilDone { get; } =
        new(0, TimeSpan.FromMilliseconds(200), 2, TimeSpan.FromSeconds(30), AllFaults: true);

    public static RetryPolicy Never { get; } = new(1, TimeSpan.Zero, 1, TimeSpan.Zero);

    /// <summary>How long to wait after the given try; null when there is to be no further one.</summary>
    public TimeSpan? After(int attempt, FaultDetails fault)
    {
        if (MaxAttempts != 0 && attempt >= MaxAttempts)
            return null;
        if (!AllFaults && fault.Code is not (FaultCode.Unavailable or FaultCode.Timeout))
            return null;
        var wait = FirstInterval.TotalMilliseconds * Math.Pow(Coefficient, Math.Min(attempt - 1, 30));
        return TimeSpan.FromMilliseconds(Math.Min(wait, MaxInterval.TotalMilliseconds));
    }
}

/// <summary>Options of one activity call.</summary>
/// <param name="Bounded">False: the step outlives the orchestration's deadline (an undo).</param>
public sealed record TaskOptions(RetryPolicy Retry, bool Bounded = true)
{
    public static TaskOptions Default { get; } = new(RetryPolicy.Default);

    /// <summary>Until done, whatever the deadline: undos, and deletes, which only go forward.</summary>
    public static TaskOptions UntilDone { get; } = new(RetryPolicy.UntilDone, Bounded: false);
}
