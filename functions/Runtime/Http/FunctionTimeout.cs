namespace Pipeline.Runtime.Http;

/// <summary>`functionTimeout`: cancels the token of a function that takes one. A function without it never waits long.</summary>
/// <param name="limit">Null for no limit.</param>
internal sealed class FunctionTimeout(TimeSpan? limit, TimeProvider time)
{
    /// <summary>The invocation's deadline, to be disposed with it; null when it has none.</summary>
    public CancellationTokenSource? Start(Invocation invocation, Route route)
    {
        if (limit is not { } wait || !route.TakesCancellation || route.LongLived)
            return null;
        var deadline = new CancellationTokenSource(wait, time);
        if (!invocation.Context.RequestAborted.CanBeCanceled)
        {
            invocation.Cancelled = deadline.Token;
            return deadline;
        }
        var linked = CancellationTokenSource.CreateLinkedTokenSource(invocation.Context.RequestAborted, deadline.Token);
        invocation.Cancelled = linked.Token;
        return linked;
    }
}
