using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.ControlPlane;

/// <summary>The functions host as its agents see it. Every call may throw `Unavailable`; the caller tries again.</summary>
public interface IControlPlane : IBackupParts
{
    Task<JoinAnswer> JoinAsync(JoinRequest request, CancellationToken ct);

    Task SendInventoryAsync(HostInventory inventory, CancellationToken ct);

    /// <summary>What has changed of volume backends since they were last told of.</summary>
    Task SendBackendsAsync(HostBackends backends, CancellationToken ct);

    /// <param name="beat">Null when there is nothing to tell.</param>
    Task SendHeartbeatAsync(HostBeat? beat, CancellationToken ct);

    /// <summary>Something has changed here by itself: this host is to be looked at soon.</summary>
    Task AskForSweepAsync(CancellationToken ct);

    /// <summary>The outbound connection; it ends, or throws, when it is lost.</summary>
    IAsyncEnumerable<HostSignal> ConnectAsync(CancellationToken ct);

    /// <summary>Returns when the answer is on the control plane's disk.</summary>
    Task SendAnswerAsync(HostAnswer answer, CancellationToken ct);

    Task AnswerAskAsync(string ask, AskAnswer answer, CancellationToken ct);

    /// <summary>What a guest has told of its password. Returns when it is on the control plane's disk.</summary>
    Task SendPasswordAsync(ServerId server, GuestPassword password, CancellationToken ct);

    Task<byte[]> FetchPayloadAsync(string blob, CancellationToken ct);

    /// <summary>The image's file, as it was uploaded.</summary>
    Task<Stream> OpenImageAsync(ImageId image, CancellationToken ct);

    /// <summary>Sends the file of an image that is made of a volume. Returns when it is active.</summary>
    /// <param name="open">Opens the file from its start; it is read twice, first for its digest.</param>
    Task SendImageAsync(ImageId image, Func<Stream> open, CancellationToken ct);
}

/// <summary>The host's own queue: by a SAS for it alone, or pulled through the functions host.</summary>
public interface IHostMessages
{
    Task<IReadOnlyList<HeldMessage>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken ct);

    /// <summary>Hides a held message for longer; the answer replaces it. `NotFound` or `Conflict` when it is lost.</summary>
    Task<HeldMessage> RenewAsync(HeldMessage message, TimeSpan visibility, CancellationToken ct);

    Task DeleteAsync(HeldMessage message, CancellationToken ct);
}

/// <summary>A message this agent holds for a while.</summary>
public sealed record HeldMessage(string Id, string PopReceipt, long DequeueCount, byte[] Body);
