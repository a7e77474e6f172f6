using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.Steps;

/// <summary>A step that runs: it may be cancelled, and may say how far it is.</summary>
internal sealed class RunningStep(HostMessage message) : IProgress<double>, IDisposable
{
    private readonly CancellationTokenSource cancel = new();

    public CancellationToken Cancelled => cancel.Token;

    /// <summary>Null while it has said nothing.</summary>
    public StepProgress? Told { get; private set; }

    public void Report(double value) => Told = new(message.ActivityId, message.Attempt, value);

    public void Cancel() => cancel.Cancel();

    public void Dispose() => cancel.Dispose();
}

/// <summary>A part of a step's work, which has a progress of its own.</summary>
/// <param name="from">The share of the whole that is done when it begins; 0 to 1.</param>
/// <param name="to">The same when it ends.</param>
internal sealed class PartialProgress(IProgress<double> whole, double from, double to) : IProgress<double>
{
    public void Report(double value) => whole.Report(from + (to - from) * value);
}
