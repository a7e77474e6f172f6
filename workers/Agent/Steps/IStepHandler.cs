using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.Steps;

/// <summary>Carries out one kind of step by calling a driver, nothing else. Run twice it ends where once ends.</summary>
internal interface IStepHandler<TStep, TResult>
    where TStep : IHostActivity<TResult>
{
    Task<TResult> RunAsync(TStep step, StepContext context, CancellationToken ct);
}

/// <summary>What came with a step beside its record.</summary>
internal sealed class StepContext(AgentIdentity identity, HostMessage message, IProgress<double> progress)
{
    /// <summary>Told the share that is done, 0 to 1, by steps that take long; who looks at the operation sees it.</summary>
    public IProgress<double> Progress => progress;

    public string Cloud => identity.Cloud;

    /// <summary>A secret that travelled with the message; null when it is gone with its owner.</summary>
    public byte[]? Secret(SecretId? id) =>
        id is { } wanted && message.Secrets.TryGetValue(wanted, out var box) ? identity.Open(wanted, box) : null;
}
