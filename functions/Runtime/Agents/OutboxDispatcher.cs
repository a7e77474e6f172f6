using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Agents;

/// <summary>
/// Sends what transactions left in the outbox: seals a step's secrets to its host, signs it, puts it into the host's queue
/// and rings. A message may go twice when the process dies in between; the host's journal makes that harmless.
/// </summary>
public sealed class OutboxDispatcher : IAsyncDisposable
{
    /// <summary>A larger payload goes to a blob (claim check).</summary>
    public const int InlineLimit = 32 * 1024;
    private const int Batch = 32;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);
    private static readonly ActivitySource Spans = new("Pipeline.Durable");
    private static readonly Meter Meter = new("Pipeline.Durable");
    private static readonly Histogram<double> Delays = Meter.CreateHistogram<double>(
        "outbox.delay",
        "s",
        "How long a message to a host waited from its commit until it was in the host's queue"
    );

    private readonly CancellationTokenSource stopping = new();
    private readonly Bell bell;
    private readonly Database db;
    private readonly EngineParts engine;
    private readonly IQueues queues;
    private readonly Payloads payloads;
    private readonly IHosts hosts;
    private readonly HostHints hints;
    private readonly ControlKeys keys;
    private readonly Vault vault;
    private readonly Cloud cloud;
    private readonly TimeProvider time;
    private readonly ILogger<OutboxDispatcher> logger;
    private Task loop = Task.CompletedTask;

    public OutboxDispatcher(
        Database db,
        EngineParts engine,
        IQueues queues,
        Payloads payloads,
        IHosts hosts,
        HostHints hints,
        ControlKeys keys,
        Vault vault,
        Cloud cloud,
        TimeProvider time,
        ILogger<OutboxDispatcher> logger
    )
    {
        (this.db, this.engine, this.queues, this.payloads) = (db, engine, queues, payloads);
        (this.hosts, this.hints, this.keys, this.vault) = (hosts, hints, keys, vault);
        (this.cloud, this.time, this.logger, bell) = (cloud, time, logger, new(time));
        engine.OutboxFilled = bell.Ring;
        engine.HostTaskCancelled = hints.Cancel;
    }

    public void Start() => loop = LoopAsync();

    public async Task StopAsync()
    {
        stopping.Cancel();
        await loop;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                while (await SendAsync(stopping.Token)) { }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "the outbox could not be sent; tried again in {Wait}", Poll);
            }
            await bell.WaitAsync(Poll, stopping.Token);
        }
    }

    /// <summary>Sends one batch; true when there may be more.</summary>
    private async Task<bool> SendAsync(CancellationToken ct)
    {
        if (engine.Owner is not { } owner)
            return false; // no lease: others send what is there
        var (messages, line, milestone) = await db.ReadAsync(tx => ReadAsync(tx, owner));
        if (messages.Count == 0)
            return false;
        var sends = messages.Select(m => TrySendAsync(m, line, milestone, ct)).ToList();
        await Task.WhenAll(sends);
        var sent = messages.Where((_, i) => sends[i].Result).Select(m => m.Seq).ToList();
        if (sent.Count > 0)
            await db.WriteAsync(tx => tx.DeleteOutboxAsync(sent));
        return sent.Count == Batch;
    }

    /// <summary>What is to be sent, and how far the history has come: a restored database goes on in another line.</summary>
    private static async ValueTask<(IReadOnlyList<OutboxMessage>, long Line, Milestone?)> ReadAsync(Tx tx, string owner)
    {
        var messages = await tx.ListOutboxAsync(Batch, owner);
        if (messages.Count == 0)
            return (messages, 0, null);
        var line = (await tx.ReadCloudAsync()).Line;
        return (messages, line, await tx.NewestMilestoneAsync(line));
    }

    /// <summary>False: it stays in the outbox and is tried again; one host's queue does not hold up the others.</summary>
    private async Task<bool> TrySendAsync(OutboxMessage message, long line, Milestone? milestone, CancellationToken ct)
    {
        var order = engine.Json.Read<HostOrder>(message.Body);
        var span = SpanOf(message, order);
        try
        {
            if (await hosts.FindAsync(order.Host) is not { } host)
                return true; // the host was removed: nobody may carry this out any more
            var step = await StepAsync(host, order, line, span?.Id ?? message.TraceParent);
            var signed = await SignAsync(step with { Milestone = milestone }, ct);
            await queues.Open(message.Queue).SendAsync(signed, ct: ct);
            span?.Stop();
            Delays.Record((time.GetUtcNow() - message.CreatedAt).TotalSeconds);
            hints.Ring(order.Host);
            return true;
        }
        catch (Fault fault) when (fault.Code is FaultCode.Unavailable or FaultCode.NotFound or FaultCode.Timeout)
        {
            logger.LogWarning("message {Seq} for {Queue} waits: {Reason}", message.Seq, message.Queue, fault.Message);
            span?.SetStatus(ActivityStatusCode.Error, fault.Message).Stop();
            return false;
        }
    }

    private static Activity? SpanOf(OutboxMessage message, HostOrder order) =>
        ActivityContext.TryParse(message.TraceParent, null, isRemote: true, out var parent)
            ? Spans
                .StartActivity($"send {order.Name}", ActivityKind.Producer, parent)
                ?.SetTag("messaging.destination.name", message.Queue)
                .SetTag("pipeline.activity", order.ActivityId)
                .SetTag("pipeline.host", order.Host.ToString())
            : null;

    private async Task<HostMessage> StepAsync(HostIdentity host, HostOrder order, long line, string? traceParent) =>
        new(
            cloud.Id,
            line,
            order.Host,
            order.ActivityId,
            order.Resource,
            order.Epoch,
            order.Attempt,
            order.Name,
            order.Input,
            order.Deadline,
            traceParent,
            await SealAsync(host, order.Secrets)
        );

    private async Task<byte[]> SignAsync(HostMessage message, CancellationToken ct)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(message, ContractsJson.Default.HostMessage);
        var signature = keys.Sign(payload);
        if (payload.Length <= InlineLimit)
            return Write(new SignedMessage(payload, null, signature));
        var blob = Payloads.NameOf(message.Host, message.ActivityId, message.Attempt);
        await payloads.PutAsync(blob, payload, ct);
        return Write(new SignedMessage(null, blob, signature));
    }

    private async Task<Dictionary<SecretId, byte[]>> SealAsync(HostIdentity host, IReadOnlyList<SecretId> ids)
    {
        var boxes = new Dictionary<SecretId, byte[]>();
        foreach (var id in ids)
        {
            // A secret that is gone went with its owner: the step finds out by itself.
            if (await db.ReadAsync(tx => tx.FindSecretAsync(id)) is not { } secret)
                continue;
            var plain = vault.Open(secret);
            boxes[id] = SealedBox.Seal(host.SealingKey, plain, Encoding.UTF8.GetBytes(id.ToString()));
            CryptographicOperations.ZeroMemory(plain);
        }
        return boxes;
    }

    private static byte[] Write(SignedMessage message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, ContractsJson.Default.SignedMessage);
}
