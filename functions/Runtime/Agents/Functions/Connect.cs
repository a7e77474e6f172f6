using System.Text.Json;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Runtime.Agents;

/// <summary>An agent's outbound connection: one JSON line a signal, a `ping` when there is nothing else to say.</summary>
internal sealed class Connect(HostConnections connections, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    [Function("hosts-connect"), Policy("hosts:connect", Require.Host), LongLived]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hosts/v1/{host}/connection")] HttpRequest request,
        HostId host
    ) => Task.FromResult<IResult>(Answer.Live(200, "application/x-ndjson", (body, ct) => StreamAsync(host, body, ct)));

    private async Task StreamAsync(HostId host, Stream body, CancellationToken ct)
    {
        var signals = connections.Connect(host);
        try
        {
            while (!signals.Completion.IsCompleted)
            {
                var signal = signals.TryRead(out var next) ? next : await NextAsync(signals, ct);
                if (signal is null)
                    return;
                await body.WriteAsync(
                    JsonSerializer.SerializeToUtf8Bytes(signal, ContractsJson.Default.HostSignal),
                    ct
                );
                await body.WriteAsync("\n"u8.ToArray(), ct);
                await body.FlushAsync(ct);
            }
        }
        catch (OperationCanceledException)
        {
            // The agent went away, or this functions host stops: the agent comes again.
        }
        finally
        {
            connections.Disconnect(host, signals);
        }
    }

    private async Task<HostSignal?> NextAsync(
        System.Threading.Channels.ChannelReader<HostSignal> signals,
        CancellationToken ct
    )
    {
        using var quiet = new CancellationTokenSource(Quiet, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, quiet.Token);
        try
        {
            return await signals.WaitToReadAsync(either.Token) && signals.TryRead(out var signal) ? signal : null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new HostSignal("ping");
        }
    }
}
