namespace Pipeline.Runtime.Storage;

/// <summary>A caller's cancellation and a bound on the injected clock, as one token.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration caller;

    public Deadline(TimeSpan bound, TimeProvider time, CancellationToken ct)
    {
        source = new CancellationTokenSource(bound, time);
        caller = ct.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        caller.Dispose();
        source.Dispose();
    }
}
