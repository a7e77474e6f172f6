using Pipeline.Compute.Activities;
using Pipeline.Compute.Servers;
using Pipeline.Contracts.Compute;
using Pipeline.Durable;

namespace Pipeline.Compute.Orchestrations;

internal sealed record StartServer(ServerId Id, HostId Host, string RequestId) : IOrchestration<Done>
{
    public string? Resource => Server.ResourceOf(Id);
}

internal sealed record StopServer(ServerId Id, HostId Host, string RequestId) : IOrchestration<Done>
{
    public string? Resource => Server.ResourceOf(Id);
}

/// <param name="Hard">True pulls the plug; false asks the guest first.</param>
internal sealed record RebootServer(ServerId Id, HostId Host, string RequestId, bool Hard) : IOrchestration<Done>
{
    public string? Resource => Server.ResourceOf(Id);
}

/// <summary>What the power operations share: how long a guest may take, and why they undo nothing.</summary>
internal static class Power
{
    /// <summary>Nova's `shutdown_timeout`.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);
    public static readonly Undo Truth = Undo.NotNeeded("the guest stays as it is; the fault tells what failed");
}

internal sealed class StartServerOrchestrator : SagaOrchestrator<StartServer>
{
    public override TimeSpan Deadline => Power.Deadline;

    protected override async Task RunAsync(Saga saga, StartServer order)
    {
        saga.OnFault(fault => new MarkActionFailed(order.Id, order.RequestId, fault));
        await saga.DoAsync(new PowerOnGuest(order.Host, order.Id), Power.Truth);
        await saga.DoAsync(new MarkServerActive(order.Id), Power.Truth);
    }
}

internal sealed class StopServerOrchestrator : SagaOrchestrator<StopServer>
{
    public override TimeSpan Deadline => Power.Deadline;

    protected override async Task RunAsync(Saga saga, StopServer order)
    {
        saga.OnFault(fault => new MarkActionFailed(order.Id, order.RequestId, fault));
        await saga.DoAsync(new PowerOffGuest(order.Host, order.Id, Power.Grace), Power.Truth);
        await saga.DoAsync(new MarkServerStopped(order.Id), Power.Truth);
    }
}

internal sealed class RebootServerOrchestrator : SagaOrchestrator<RebootServer>
{
    public override TimeSpan Deadline => Power.Deadline;

    protected override async Task RunAsync(Saga saga, RebootServer order)
    {
        saga.OnFault(fault => new MarkActionFailed(order.Id, order.RequestId, fault));
        var grace = order.Hard ? TimeSpan.Zero : Power.Grace;
        await saga.DoAsync(new PowerOffGuest(order.Host, order.Id, grace), Power.Truth);
        await saga.DoAsync(new PowerOnGuest(order.Host, order.Id), Power.Truth);
        await saga.DoAsync(new MarkServerActive(order.Id), Power.Truth);
    }
}
