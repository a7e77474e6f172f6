using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.Edge;

/// <summary>The functions host over HTTP; every request but the join is signed with the host's key.</summary>
internal sealed class HttpControlPlane(Uri url, TimeProvider time) : IControlPlane, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>For a part of a backup.</summary>
    private static readonly TimeSpan LongLimit = TimeSpan.FromMinutes(5);
    private const int Piece = 1 << 16;

    /// <summary>The functions host pings every 10 s; after three missed ones the connection is dead.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(35);
    private readonly HttpClient http = new() { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Set once the agent has joined.</summary>
    public AgentIdentity? Identity { get; set; }

    private string Root => $"hosts/v1/{Identity!.Host}";

    public async Task<JoinAnswer> JoinAsync(JoinRequest request, CancellationToken ct) =>
        await CallAsync(HttpMethod.Post, "hosts/v1/join", request, ContractsJson.Default.JoinAnswer, ct);

    public async Task<QueueAnswer> ShowQueueAsync(CancellationToken ct) =>
        await CallAsync<object, QueueAnswer>(
            HttpMethod.Get,
            $"{Root}/queue",
            null,
            ContractsJson.Default.QueueAnswer,
            ct
        );

    public Task SendInventoryAsync(HostInventory inventory, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, $"{Root}/inventory", inventory, ct);

    public Task SendBackendsAsync(HostBackends backends, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, $"{Root}/backends", backends, ct);

    public Task SendHeartbeatAsync(HostBeat? beat, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, $"{Root}/heartbeat", beat, ct);

    public Task AskForSweepAsync(CancellationToken ct) =>
        SendAsync<object>(HttpMethod.Post, $"{Root}/sweeps", null, ct);

    public Task SendAnswerAsync(HostAnswer answer, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, $"{Root}/answers", answer, ct);

    public Task AnswerAskAsync(string ask, AskAnswer answer, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, $"{Root}/asks/{ask}", answer, ct);

    public Task SendPasswordAsync(ServerId server, GuestPassword password, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, $"{Root}/servers/{server}/password", password, ct);

    public Task<PulledMessage[]> PullAsync(PullRequest pull, CancellationToken ct) =>
        CallAsync(HttpMethod.Post, $"{Root}/messages", pull, ContractsJson.Default.PulledMessageArray, ct);

    public Task<PulledMessage> HoldAsync(HoldRequest hold, CancellationToken ct) =>
        CallAsync(HttpMethod.Post, $"{Root}/messages/hold", hold, ContractsJson.Default.PulledMessage, ct);

    public Task DropAsync(HoldRequest hold, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, $"{Root}/messages/hold", hold, ct);

    public async Task<byte[]> FetchPayloadAsync(string blob, CancellationToken ct)
    {
        using var answer = await RequestAsync(HttpMethod.Get, $"{Root}/payloads/{blob}", [], Limit, ct);
        return await answer.Content.ReadAsByteArrayAsync(ct);
    }

    public async Task<Stream> OpenImageAsync(ImageId image, CancellationToken ct)
    {
        var answer = await RequestAsync(HttpMethod.Get, $"{Root}/images/{image}", [], Limit, ct);
        return await answer.Content.ReadAsStreamAsync(ct);
    }

    public async Task SendImageAsync(ImageId image, Func<Stream> open, CancellationToken ct)
    {
        string digest;
        await using (var file = open())
            digest = Convert.ToHexStringLower(await SHA512.HashDataAsync(file, ct));
        var content = new StreamContent(open(), Piece);
        var path = $"{Root}/images/{image}";
        using var answer = await RequestAsync(HttpMethod.Put, path, content, digest, Timeout.InfiniteTimeSpan, ct);
    }

    public async Task SendBackupPartAsync(
        BackupId backup,
        string part,
        ReadOnlyMemory<byte> bytes,
        CancellationToken ct
    )
    {
        var digest = Convert.ToHexStringLower(SHA512.HashData(bytes.Span));
        var content = new ReadOnlyMemoryContent(bytes);
        var path = $"{Root}/backups/{backup}/{part}";
        using var answer = await RequestAsync(HttpMethod.Put, path, content, digest, LongLimit, ct);
    }

    public async Task<byte[]> FetchBackupPartAsync(BackupId backup, BackupId owner, string part, CancellationToken ct)
    {
        var path = $"{Root}/backups/{backup}/{owner}/{part}";
        using var answer = await RequestAsync(HttpMethod.Get, path, [], Limit, ct);
        try
        {
            return await answer.Content.ReadAsByteArrayAsync(ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new Fault(FaultCode.Unavailable, $"the functions host was lost: {e.Message}", cause: e);
        }
    }

    public async IAsyncEnumerable<HostSignal> ConnectAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var answer = await RequestAsync(HttpMethod.Get, $"{Root}/connection", [], Limit, ct);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        while (await LineAsync(reader, ct) is { } line)
            if (JsonSerializer.Deserialize(line, ContractsJson.Default.HostSignal) is { } signal)
                yield return signal;
    }

    public void Dispose() => http.Dispose();

    private async Task<string?> LineAsync(StreamReader reader, CancellationToken ct)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, silence.Token);
        try
        {
            return await reader.ReadLineAsync(either.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task SendAsync<T>(HttpMethod method, string path, T? body, CancellationToken ct)
        where T : class
    {
        using var answer = await RequestAsync(method, path, Bytes(body), Limit, ct);
    }

    private async Task<TAnswer> CallAsync<TBody, TAnswer>(
        HttpMethod method,
        string path,
        TBody? body,
        JsonTypeInfo<TAnswer> type,
        CancellationToken ct
    )
        where TBody : class
    {
        using var answer = await RequestAsync(method, path, Bytes(body), Limit, ct);
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        return await JsonSerializer.DeserializeAsync(stream, type, ct)
            ?? throw new Fault(FaultCode.Internal, $"{path} answered nothing");
    }

    private static byte[] Bytes<T>(T? body)
        where T : class =>
        body is null
            ? []
            : JsonSerializer.SerializeToUtf8Bytes(body, (JsonTypeInfo<T>)ContractsJson.Default.GetTypeInfo(typeof(T))!);

    private async Task<HttpResponseMessage> RequestAsync(
        HttpMethod method,
        string path,
        byte[] body,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body.Length > 0)
            request.Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        Sign(request, path, method.Method, body);
        return await SendAsync(request, path, limit, ct);
    }

    /// <summary>A body of any length, which is signed by its SHA-512.</summary>
    private async Task<HttpResponseMessage> RequestAsync(
        HttpMethod method,
        string path,
        HttpContent body,
        string digest,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body;
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var signed = HostSignature.ByDigest(method.Method, digest);
        request.Headers.Add(HostSignature.DigestHeader, digest);
        Sign(request, path, signed.Method, signed.Body);
        return await SendAsync(request, path, limit, ct);
    }

    /// <summary>The answer's headers within the limit; a fault for anything but success.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        string path,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        using var patience = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (answer.IsSuccessStatusCode)
                return answer;
            using (answer)
                throw await FaultAsync(answer, path, either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new Fault(FaultCode.Unavailable, $"the functions host cannot be reached: {e.Message}", cause: e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new Fault(FaultCode.Unavailable, "the functions host did not answer in time", cause: e);
        }
    }

    private void Sign(HttpRequestMessage request, string path, string method, byte[] body)
    {
        if (Identity is not { } identity)
            return;
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        var target = new Uri(url, path).PathAndQuery;
        request.Headers.Add(HostSignature.HostHeader, identity.Host.ToString());
        request.Headers.Add(HostSignature.TimeHeader, $"{seconds}");
        request.Headers.Add(HostSignature.SignatureHeader, identity.Sign(method, target, seconds, body));
    }

    private static async Task<Fault> FaultAsync(HttpResponseMessage answer, string path, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        var code = answer.StatusCode switch
        {
            HttpStatusCode.NotFound => FaultCode.NotFound,
            HttpStatusCode.Conflict => FaultCode.Conflict,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => FaultCode.Unauthorized,
            >= HttpStatusCode.InternalServerError => FaultCode.Unavailable,
            _ => FaultCode.BadRequest,
        };
        return new(code, $"{path}: {(int)answer.StatusCode} {text}");
    }
}
