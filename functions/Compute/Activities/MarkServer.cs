using Pipeline.Compute.Servers;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Activities;

/// <summary>The guest runs.</summary>
internal sealed record MarkServerActive(ServerId ServerId) : IActivity<Done>;

internal sealed class MarkServerActiveHandler : ITransactionalActivity<MarkServerActive, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkServerActive step)
    {
        if (await tx.FindServerAsync(step.ServerId) is { } server)
            await tx.SaveServerAsync(
                server with
                {
                    Status = ServerStatus.Active,
                    VmState = "active",
                    TaskState = null,
                    PowerState = PowerState.Running,
                    LaunchedAt = server.LaunchedAt ?? tx.Now,
                    Fault = null,
                    FaultAt = null,
                }
            );
        return Done.Instance;
    }
}

/// <summary>The guest is off.</summary>
internal sealed record MarkServerStopped(ServerId ServerId) : IActivity<Done>;

internal sealed class MarkServerStoppedHandler : ITransactionalActivity<MarkServerStopped, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkServerStopped step)
    {
        if (await tx.FindServerAsync(step.ServerId) is { } server)
            await tx.SaveServerAsync(
                server with
                {
                    Status = ServerStatus.Shutoff,
                    VmState = "stopped",
                    TaskState = null,
                    PowerState = PowerState.Shutdown,
                }
            );
        return Done.Instance;
    }
}

/// <summary>A build failed: the server shows why, at once. One that is being deleted shows nothing.</summary>
internal sealed record MarkServerError(ServerId ServerId, string RequestId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkServerErrorHandler : ITransactionalActivity<MarkServerError, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkServerError step)
    {
        await tx.FailActionAsync(step.ServerId, step.RequestId, step.Fault.Message);
        if (step.Fault.Code != FaultCode.Cancelled && await tx.FindServerAsync(step.ServerId) is { } server)
            await tx.SaveServerAsync(
                server with
                {
                    Status = ServerStatus.Error,
                    VmState = "error",
                    TaskState = null,
                    PowerState = PowerState.NoState,
                    Fault = step.Fault.Message,
                    FaultAt = tx.Now,
                }
            );
        return Done.Instance;
    }
}

/// <summary>An operation on a server that stood before it failed: the server shows ERROR with the fault, as Nova's does.</summary>
internal sealed record MarkActionFailed(ServerId ServerId, string RequestId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkActionFailedHandler : ITransactionalActivity<MarkActionFailed, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkActionFailed step)
    {
        await tx.FailActionAsync(step.ServerId, step.RequestId, step.Fault.Message);
        if (step.Fault.Code != FaultCode.Cancelled && await tx.FindServerAsync(step.ServerId) is { } server)
            await tx.SaveServerAsync(
                server with
                {
                    Status = ServerStatus.Error,
                    VmState = "error",
                    TaskState = null,
                    Fault = step.Fault.Message,
                    FaultAt = tx.Now,
                }
            );
        return Done.Instance;
    }
}
