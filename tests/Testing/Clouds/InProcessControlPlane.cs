using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Pipeline.Agent;
using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Steps;
using Pipeline.Contracts;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Testing.Clouds;

/// <summary>The functions host as its agents see it, called in process with the host's real signature.</summary>
internal sealed class InProcessControlPlane(TestCloud cloud, AgentIdentity identity, Func<bool> dead) : IControlPlane
{
    /// <summary>True while nothing reaches the control plane from here.</summary>
    public Func<bool> CutOff { get; init; } = () => false;

    /// <summary>True while what is said on the connection is lost.</summary>
    public Func<bool> Deaf { get; init; } = () => false;

    private string Root => $"/hosts/v1/{identity.Host}";

    public Task<JoinAnswer> JoinAsync(JoinRequest request, CancellationToken ct) =>
        throw new NotSupportedException("the host has joined before its agent starts");

    public Task SendInventoryAsync(HostInventory inventory, CancellationToken ct) =>
        CallAsync(
            "PUT",
            $"{Root}/inventory",
            JsonSerializer.Serialize(inventory, ContractsJson.Default.HostInventory),
            ct
        );

    public Task SendBackendsAsync(HostBackends backends, CancellationToken ct) =>
        CallAsync(
            "PUT",
            $"{Root}/backends",
            JsonSerializer.Serialize(backends, ContractsJson.Default.HostBackends),
            ct
        );

    public Task SendHeartbeatAsync(HostBeat? beat, CancellationToken ct) =>
        CallAsync(
            "POST",
            $"{Root}/heartbeat",
            beat is null ? "" : JsonSerializer.Serialize(beat, ContractsJson.Default.HostBeat),
            ct
        );

    public Task AskForSweepAsync(CancellationToken ct) => CallAsync("POST", $"{Root}/sweeps", "", ct);

    public async Task SendAnswerAsync(HostAnswer answer, CancellationToken ct)
    {
        var body = JsonSerializer.Serialize(answer, ContractsJson.Default.HostAnswer);
        var deliveries = cloud.Faults.Deliveries(Where.Answer, cloud.Tally.StepOf(answer.ActivityId));
        if (deliveries.Count == 0)
            throw new Fault(FaultCode.Unavailable, "the answer was lost on its way");
        foreach (var late in deliveries)
        {
            if (late > TimeSpan.Zero)
                await Task.Delay(late, cloud.World.Time, ct);
            await CallAsync("POST", $"{Root}/answers", body, ct);
        }
    }

    public Task AnswerAskAsync(string ask, AskAnswer answer, CancellationToken ct) =>
        CallAsync("POST", $"{Root}/asks/{ask}", JsonSerializer.Serialize(answer, ContractsJson.Default.AskAnswer), ct);

    public Task SendPasswordAsync(ServerId server, GuestPassword password, CancellationToken ct) =>
        CallAsync(
            "PUT",
            $"{Root}/servers/{server}/password",
            JsonSerializer.Serialize(password, ContractsJson.Default.GuestPassword),
            ct
        );

    public async Task<byte[]> FetchPayloadAsync(string blob, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await CallAsync("GET", $"{Root}/payloads/{blob}", "", ct, body);
        return body.ToArray();
    }

    public async Task<Stream> OpenImageAsync(ImageId image, CancellationToken ct)
    {
        var body = new MemoryStream();
        await CallAsync("GET", $"{Root}/images/{image}", "", ct, body);
        body.Position = 0;
        return body;
    }

    public async Task SendImageAsync(ImageId image, Func<Stream> open, CancellationToken ct)
    {
        using var file = new MemoryStream();
        await using (var source = open())
            await source.CopyToAsync(file, ct);
        await SendBytesAsync($"{Root}/images/{image}", file.ToArray(), ct);
    }

    public Task SendBackupPartAsync(BackupId backup, string part, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        SendBytesAsync($"{Root}/backups/{backup}/{part}", bytes.ToArray(), ct);

    public async Task<byte[]> FetchBackupPartAsync(BackupId backup, BackupId owner, string part, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await CallAsync("GET", $"{Root}/backups/{backup}/{owner}/{part}", "", ct, body);
        return body.ToArray();
    }

    public async IAsyncEnumerable<HostSignal> ConnectAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var signals = Channel.CreateUnbounded<HostSignal>();
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var connection = HoldAsync(new SignalStream(signals.Writer), signals.Writer, closing.Token);
        try
        {
            while (await signals.Reader.WaitToReadAsync(ct))
            while (signals.Reader.TryRead(out var signal))
                if (!Deaf())
                    yield return signal;
        }
        finally
        {
            closing.Cancel();
            await connection;
        }
    }

    private async Task HoldAsync(SignalStream stream, ChannelWriter<HostSignal> signals, CancellationToken ct)
    {
        try
        {
            await CallAsync("GET", $"{Root}/connection", "", ct, stream);
            signals.TryComplete();
        }
        catch (Exception e) when (e is Fault or OperationCanceledException)
        {
            signals.TryComplete(e is Fault ? e : null);
        }
    }

    private Task CallAsync(string method, string path, string body, CancellationToken ct, Stream? into = null)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        var request = Signed(new(method, path, bytes) { Into = into }, method, bytes);
        return CallAsync(request, ct);
    }

    /// <summary>A body that is signed by its digest, as the real ones that are too long to be held.</summary>
    private Task SendBytesAsync(string path, byte[] bytes, CancellationToken ct)
    {
        var digest = Convert.ToHexStringLower(SHA512.HashData(bytes));
        var (method, body) = HostSignature.ByDigest("PUT", digest);
        var request = Signed(new("PUT", path, bytes), method, body);
        request.Headers[HostSignature.DigestHeader] = digest;
        return CallAsync(request, ct);
    }

    private CloudRequest Signed(CloudRequest request, string method, byte[] body)
    {
        var seconds = cloud.World.Time.GetUtcNow().ToUnixTimeSeconds();
        request.Headers[HostSignature.HostHeader] = identity.Host.ToString();
        request.Headers[HostSignature.TimeHeader] = $"{seconds}";
        request.Headers[HostSignature.SignatureHeader] = identity.Sign(method, request.Path, seconds, body);
        return request;
    }

    private async Task CallAsync(CloudRequest request, CancellationToken ct)
    {
        if (dead())
            throw new AgentDiedException();
        if (CutOff())
            throw new Fault(FaultCode.Unavailable, "the control plane cannot be reached");
        if (Activity.Current is { } span)
            request.Headers["traceparent"] = span.Id!; // as an HTTP client does by itself
        var answer = await cloud.SendAsync(request, ct);
        if (dead())
            throw new AgentDiedException();
        if (answer.Status >= 300)
            throw new Fault(CodeOf(answer.Status), $"{request.Path}: {answer}");
    }

    /// <summary>As the real one reads statuses.</summary>
    private static FaultCode CodeOf(int status) =>
        status switch
        {
            404 => FaultCode.NotFound,
            409 => FaultCode.Conflict,
            401 or 403 => FaultCode.Unauthorized,
            >= 500 => FaultCode.Unavailable,
            _ => FaultCode.BadRequest,
        };
}
