namespace Pipeline.Runtime.Http;

/// <summary>`functionTimeout`: cancels the token of a function that takes one. A function without it never waits long.</summary>
/// <param name="limit">Null for no limit.</param>
/// <param name="stopping">Ends long-lived answers when the functions host stops.</param>
internal sealed class FunctionTimeout(TimeSpan? limit, TimeProvider time, CancellationToken stopping)
{
    /// <summary>The invocation's deadline, to be disposed with it; null when it has none.</summary>
    public IDisposable? Start(Invocation invocation, Route route)
    {
        if (route.LongLived)
            return UntilStopped(invocation);
        if (limit is not { } wait || !route.TakesCancellation)
            return null;
        var deadline = new Deadline(wait, time, invocation.Context.RequestAborted);
        invocation.Cancelled = deadline.Token;
        return deadline;
    }

    private CancellationTokenSource UntilStopped(Invocation invocation)
    {
        var linked = CancellationTokenSource.CreateLinkedTokenSource(invocation.Context.RequestAborted, stopping);
        invocation.Context.RequestAborted = linked.Token; // its answer listens to this one
        invocation.Cancelled = linked.Token;
        return linked;
    }

    private sealed class Deadline : IDisposable
    {
        private readonly CancellationTokenSource source;
        private readonly CancellationTokenRegistration aborted;

        public Deadline(TimeSpan wait, TimeProvider time, CancellationToken clientGone)
        {
            source = new(wait, time);
            aborted = clientGone.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
        }

        public CancellationToken Token => source.Token;

        public void Dispose()
        {
            aborted.Dispose();
            source.Dispose();
        }
    }
}
