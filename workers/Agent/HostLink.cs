using Microsoft.Extensions.Logging;
using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent;

/// <summary>The one outbound connection: rings, cancels and questions come down it; heartbeats and inventory go up beside it.</summary>
internal sealed class HostLink(
    IControlPlane control,
    HostLoop loop,
    StepRunner runner,
    HostAsks asks,
    Func<HostInventory> inventory,
    TimeProvider time,
    ILogger<HostLink> logger
)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(20);

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(ListenAsync(ct), BeatAsync(ct));

    private async Task ListenAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await control.SendInventoryAsync(inventory(), ct);
                loop.Ring();
                await foreach (var signal in control.ConnectAsync(ct))
                    Obey(signal, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Fault fault)
            {
                logger.LogInformation("the control plane is away: {Reason}", fault.Message);
            }
            await PauseAsync(Reconnect, ct);
        }
    }

    private void Obey(HostSignal signal, CancellationToken ct)
    {
        if (signal.Kind == "ring")
            loop.Ring();
        else if (signal is { Kind: "cancel", Id: { } activity })
            runner.Cancel(activity);
        else if (signal is { Kind: "ask", Id: { } ask })
            _ = AnswerAsync(ask, signal, ct);
    }

    private async Task AnswerAsync(string ask, HostSignal signal, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(AskLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await control.AnswerAskAsync(ask, await asks.AnswerAsync(signal, either.Token), either.Token);
        }
        catch (Exception e) when (e is Fault or OperationCanceledException)
        {
            logger.LogInformation("question {Ask} was not answered: {Reason}", ask, e.Message);
        }
    }

    private async Task BeatAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await control.SendHeartbeatAsync(runner.Beat(), ct);
            }
            catch (Exception e) when (e is Fault or OperationCanceledException)
            {
                logger.LogDebug("no heartbeat: {Reason}", e.Message);
            }
            await PauseAsync(Heartbeat, ct);
        }
    }

    private async Task PauseAsync(TimeSpan wait, CancellationToken ct)
    {
        try
        {
            await Task.Delay(wait, time, ct);
        }
        catch (OperationCanceledException)
        {
            // The agent stops; the caller's loop sees it.
        }
    }
}
