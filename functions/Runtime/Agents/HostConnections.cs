using System.Collections.Concurrent;
using System.Threading.Channels;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Runtime.Agents;

/// <summary>
/// The agents' outbound connections as the functions host sees them: doorbell, cancel and questions go down, heartbeats
/// and answers come up. All of it lives in memory; what matters is in the database.
/// </summary>
public sealed class HostConnections(TimeProvider time)
{
    /// <summary>A host that was silent for so long is down: nothing new is placed there.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);
    private const int Backlog = 1024;

    private readonly ConcurrentDictionary<HostId, Channel<HostSignal>> connected = new();
    private readonly ConcurrentDictionary<HostId, DateTimeOffset> seen = new();
    private readonly ConcurrentDictionary<string, Question> questions = new();
    private long lastQuestion;

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>When the host last said anything to this functions host; null for not yet.</summary>
    public DateTimeOffset? LastSeen(HostId host) => seen.TryGetValue(host, out var at) ? at : null;

    public void Saw(HostId host) => seen[host] = time.GetUtcNow();

    /// <summary>Opens a host's stream; an older one of the same host ends.</summary>
    public ChannelReader<HostSignal> Connect(HostId host)
    {
        var fresh = Channel.CreateBounded<HostSignal>(
            new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest }
        );
        connected.AddOrUpdate(
            host,
            fresh,
            (_, old) =>
            {
                old.Writer.TryComplete();
                return fresh;
            }
        );
        Saw(host);
        return fresh.Reader;
    }

    public void Disconnect(HostId host, ChannelReader<HostSignal> reader)
    {
        if (connected.TryGetValue(host, out var channel) && channel.Reader == reader)
            connected.TryRemove(new(host, channel));
    }

    /// <summary>"Look at your queue now": a hint, the host polls besides. False when it is not connected here.</summary>
    public bool Ring(HostId host) => Tell(host, new HostSignal("ring"));

    public bool Cancel(HostId host, string activityId) => Tell(host, new HostSignal("cancel", activityId));

    /// <summary>Asks a host and waits for its answer.</summary>
    /// <exception cref="Fault">Unavailable when it is not connected or does not answer in time; else the host's own.</exception>
    public async Task<string> AskAsync(HostId host, string name, string body, TimeSpan timeout, CancellationToken ct)
    {
        var id = $"ask-{Interlocked.Increment(ref lastQuestion)}";
        var question = new Question(host, new(TaskCreationOptions.RunContinuationsAsynchronously));
        questions[id] = question;
        try
        {
            if (!Tell(host, new HostSignal("ask", id, name, body)))
                throw new Fault(FaultCode.Unavailable, "the host is not connected");
            using var patience = new CancellationTokenSource(timeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
            using var giveUp = both.Token.Register(() => question.Answer.TrySetCanceled());
            var answer = await question.Answer.Task;
            return answer.Fault is { } fault ? throw Fault.From(fault) : answer.Body ?? "";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new Fault(FaultCode.Unavailable, "the host did not answer in time");
        }
        finally
        {
            questions.TryRemove(id, out _);
        }
    }

    /// <summary>A host's answer to a question; one that nobody waits for, or from another host, is dropped.</summary>
    public void Answer(HostId host, string ask, AskAnswer answer)
    {
        if (questions.TryGetValue(ask, out var question) && question.Host == host)
            question.Answer.TrySetResult(answer);
    }

    private bool Tell(HostId host, HostSignal signal) =>
        connected.TryGetValue(host, out var channel) && channel.Writer.TryWrite(signal);

    private sealed record Question(HostId Host, TaskCompletionSource<AskAnswer> Answer);
}
