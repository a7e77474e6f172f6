using System.Text.Json;
using Microsoft.Extensions.Logging;
using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent;

/// <summary>
/// Takes the host's messages, keeps them while their steps run (one at a time per resource), and drops each once the
/// control plane has its answer on disk.
/// </summary>
internal sealed class HostLoop(
    AgentIdentity identity,
    IHostMessages messages,
    IControlPlane control,
    StepRunner runner,
    TimeProvider time,
    ILogger<HostLoop> logger
)
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>How long a step waits for an agent that died at it and was started again.</summary>
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    private readonly Lanes lanes = new(logger);
    private readonly Bell bell = new(time);
    private readonly HashSet<string> held = [];
    private readonly Lock gate = new();

    public void Ring() => bell.Ring();

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                while (await TakeAsync(ct)) { }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (Fault fault)
            {
                logger.LogWarning("the queue cannot be read: {Reason}", fault.Message);
            }
            await bell.WaitAsync(Poll, ct);
        }
        await lanes.IdleAsync();
    }

    /// <summary>Receives what fits; true when there may be more.</summary>
    private async Task<bool> TakeAsync(CancellationToken ct)
    {
        int room;
        lock (gate)
            room = AtOnce - held.Count;
        if (room <= 0)
            return false;
        var received = await messages.ReceiveAsync(room, Visibility, ct);
        foreach (var message in received)
            await BeginAsync(message, ct);
        return received.Count == room;
    }

    private async Task BeginAsync(HeldMessage held, CancellationToken ct)
    {
        HostMessage? message;
        try
        {
            message = await OpenAsync(held, ct);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
        {
            return; // its payload cannot be had now; it becomes visible again by itself
        }
        if (message is null)
        {
            logger.LogWarning("message {Id} is not from this host's control plane and is dropped", held.Id);
            await messages.DeleteAsync(held, ct);
            return;
        }
        lock (gate)
            if (!this.held.Add(held.Id))
                return; // still at work on this one: its visibility ran out before it was renewed
        lanes.Add(message.Resource, () => HandleAsync(held, message, ct));
    }

    private async Task HandleAsync(HeldMessage message, HostMessage step, CancellationToken ct)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var keeping = KeepAsync(message, done.Token);
        try
        {
            var answer = await runner.RunAsync(step, ct);
            await TellAsync(answer, ct);
            done.Cancel();
            await messages.DeleteAsync(await keeping, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The agent stops: the message comes again, and is answered from the journal when it was done.
        }
        catch (Fault fault)
        {
            // Lost after its answer, or not to be answered by this host any more: what is left of it comes again.
            logger.LogInformation("message {Id} was let go: {Reason}", message.Id, fault.Message);
        }
        finally
        {
            done.Cancel();
            lock (gate)
                held.Remove(message.Id);
            bell.Ring();
        }
    }

    /// <summary>Tells the control plane until it has heard; nothing is lost when it is away for long.</summary>
    private async Task TellAsync(HostAnswer answer, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await control.SendAnswerAsync(answer, ct);
                return;
            }
            catch (Fault fault) when (fault.Code is FaultCode.Unavailable or FaultCode.Timeout or FaultCode.Internal)
            {
                await Task.Delay(RetryEvery, time, ct);
            }
        }
    }

    /// <summary>Renews the message while its step runs; its newest receipt is what it is deleted with.</summary>
    private async Task<HeldMessage> KeepAsync(HeldMessage message, CancellationToken done)
    {
        var wait = new Bell(time); // nobody rings it: most steps end before, and a wait that is cancelled throws nothing
        while (true)
        {
            await wait.WaitAsync(RenewEvery, done);
            if (done.IsCancellationRequested)
                return message;
            try
            {
                message = await messages.RenewAsync(message, Visibility, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return message;
            }
            catch (Fault fault)
            {
                logger.LogInformation("message {Id} could not be renewed: {Reason}", message.Id, fault.Message);
            }
        }
    }

    /// <summary>The step, if the control plane of this cloud signed it for this host; null otherwise.</summary>
    private async Task<HostMessage?> OpenAsync(HeldMessage held, CancellationToken ct)
    {
        try
        {
            var signed = JsonSerializer.Deserialize(held.Body, ContractsJson.Default.SignedMessage);
            if (signed is null)
                return null;
            var payload = signed.Blob is { } blob ? await control.FetchPayloadAsync(blob, ct) : signed.Payload ?? [];
            if (!identity.IsGenuine(payload, signed.Signature))
                return null;
            var message = JsonSerializer.Deserialize(payload, ContractsJson.Default.HostMessage);
            return message?.Host == identity.Host && message.Cloud == identity.Cloud ? message : null;
        }
        catch (Exception e) when (e is JsonException or Fault { Code: FaultCode.NotFound })
        {
            return null; // not ours, or answered already and its payload gone
        }
    }
}
