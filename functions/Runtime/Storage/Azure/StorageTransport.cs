using System.Net;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>
/// Sends the storage clients' requests: every attempt bounded in time, `Unavailable` (no connection, no answer, 5xx)
/// tried again with back-off. Every operation is tried again, also those whose repetition shows: a repeated send may
/// leave two messages, a repeated receive may hide messages until their time-out. One per process: it holds the connections.
/// </summary>
public sealed class StorageTransport(
    TimeProvider time,
    Func<Guid> newGuid,
    StorageClientOptions? options = null,
    HttpMessageHandler? handler = null
) : IDisposable
{
    private readonly StorageClientOptions options = options ?? StorageClientOptions.Default;
    private readonly HttpMessageInvoker invoker = new(handler ?? NewHandler(options ?? StorageClientOptions.Default));

    internal StorageClientOptions Options => options;

    internal TimeProvider Time => time;

    internal Guid NewGuid() => newGuid();

    /// <summary>The connections to the services; a handler given to the constructor may wrap it.</summary>
    public static SocketsHttpHandler NewHandler(StorageClientOptions options) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows a change of DNS
            Proxy = LoopbackPastProxy.Instance,
        };

    public void Dispose() => invoker.Dispose();

    /// <summary>Sends, and reads the answer's body whole.</summary>
    internal Task<StorageAnswer> SendAsync(StorageAccess access, StorageRequest request, CancellationToken ct) =>
        RepeatAsync(access, request, StorageAnswer.ReadAsync, ct);

    /// <summary>Sends, and leaves the answer's body to be read by the caller, who disposes the message.</summary>
    internal Task<HttpResponseMessage> OpenAsync(StorageAccess access, StorageRequest request, CancellationToken ct) =>
        RepeatAsync(access, request, static (answer, _) => Task.FromResult(answer), ct);

    private async Task<T> RepeatAsync<T>(
        StorageAccess access,
        StorageRequest request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken ct
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AttemptAsync(access, request, read, ct);
            }
            catch (Fault fault) when (fault.Code == FaultCode.Unavailable && attempt < options.Attempts)
            {
                await Task.Delay(Backoff(attempt), time, ct);
            }
        }
    }

    private async Task<T> AttemptAsync<T>(
        StorageAccess access,
        StorageRequest request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken ct
    )
    {
        var bound = request.Timeout ?? options.Timeout;
        using var deadline = new Deadline(bound, time, ct);
        try
        {
            using var message = request.ToMessage(access, time.GetUtcNow());
            var answer = await invoker.SendAsync(message, deadline.Token);
            var fault = answer.IsSuccessStatusCode ? null : StorageFault.From(request.What, answer);
            if (fault is null || fault.Code == request.Expected)
                return await read(answer, deadline.Token);
            answer.Dispose();
            throw fault;
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException)
        {
            throw StorageFault.Unreachable(request.What, cause);
        }
        catch (OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            throw StorageFault.TimedOut(request.What, bound);
        }
    }

    private TimeSpan Backoff(int attempt)
    {
        var vary = 0.75 + ((uint)newGuid().GetHashCode() / (double)uint.MaxValue * 0.5); // clients that failed together part
        return options.FirstDelay * (1 << (attempt - 1)) * vary;
    }

    /// <summary>A proxy set for the machine is for the services in the cloud, not for the emulator beside us.</summary>
    private sealed class LoopbackPastProxy : IWebProxy
    {
        public static LoopbackPastProxy Instance { get; } = new();

        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => HttpClient.DefaultProxy.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
    }
}
