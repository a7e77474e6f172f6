using System.Text;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Management;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>Who asks for an operation, and by which rule.</summary>
internal sealed record Asked(Caller Caller, RequestId RequestId, string Rule);

/// <summary>Attachments of clients that attach by themselves: their ways are opened and closed, and waited for.</summary>
internal sealed class AttachmentOperations(
    Database db,
    DurableTaskClient durable,
    InstanceFollower follower,
    Vault vault,
    Randomness randomness,
    TimeProvider time
)
{
    /// <summary>A client's call waits so long for its storage host; what was begun goes on.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <exception cref="Fault">NotFound: another project's attachment does not exist for the caller.</exception>
    public static async ValueTask<Attachment> FindAsync(Tx tx, string id, Caller caller) =>
        Seen(AttachmentId.TryParse(id, out var known) ? await tx.FindAttachmentAsync(known) : null, id, caller);

    /// <summary>The same with its volume, which is held until the transaction ends.</summary>
    public static async ValueTask<(Attachment Attachment, Volume Volume)> LockAsync(Tx tx, string id, Caller caller)
    {
        if (!AttachmentId.TryParse(id, out var known))
            throw Unknown(id);
        var (attachment, volume) = await tx.LockAttachmentAsync(known);
        return (Seen(attachment, id, caller), volume!);
    }

    /// <summary>Compute alone lets go of what its servers have: a client that did so would take a disk from under a guest.</summary>
    /// <exception cref="Fault">Conflict.</exception>
    public static void CheckOwn(Attachment attachment)
    {
        if (attachment.Claimed)
            throw Fault.Conflict($"Detach volume from instance {attachment.ServerId} using the Compute API.");
    }

    /// <summary>Opens the way from the volume to a client's host, in the caller's transaction.</summary>
    /// <param name="known">A new one is in the database already.</param>
    /// <returns>The orchestration to wait for.</returns>
    public async ValueTask<string> OpenAsync(
        Tx tx,
        Volume volume,
        Attachment known,
        ClientConnector connector,
        bool isNew,
        SealedSecret fresh,
        Asked asked
    )
    {
        if (volume.Place is null)
            throw VolumeOperations.Wrong($"Volume {volume.Id} is {volume.Status}.");
        var changed = known with
        {
            Status = known.Status == AttachStatus.Reserved ? AttachStatus.Attaching : known.Status,
            Connector = Attachment.TextOf(connector.Host),
            HostName = connector.Host.Name,
            Device = connector.Device ?? known.Device,
            AttachMode = ModeOf(volume, connector.IsReadOnly ?? known.IsReadOnly),
            SecretId = await tx.KeepSecretAsync(known, fresh),
        };
        await tx.SaveAttachmentAsync(changed);
        await tx.FollowAsync(volume);
        var instance = $"attachment-{known.Id}-open-{asked.RequestId}";
        await StartAsync(tx, new OpenAttachment(known.Id, isNew), instance, changed, asked, supersede: false);
        return instance;
    }

    /// <summary>Closes the way, whatever is being done to it; one that has none ends at once.</summary>
    /// <returns>The orchestration to wait for; null where nothing is open.</returns>
    public async ValueTask<string?> CloseAsync(
        Tx tx,
        Volume volume,
        Attachment attachment,
        bool ends,
        Asked asked,
        GuestDisk? guest = null
    )
    {
        if (volume.HostId is not { } host || (attachment.Connector is null && !attachment.Claimed))
        {
            if (ends)
                await tx.DeleteAttachmentAsync(attachment);
            await tx.FollowAsync(volume);
            await tx.AuditAsync(asked.Caller.Audit(asked.RequestId, asked.Rule, Attachment.ResourceOf(attachment.Id)));
            return null;
        }
        var order = new CloseAttachment(attachment.Id, volume.LiesAs, host, ends, guest);
        var instance = $"attachment-{attachment.Id}-close-{asked.RequestId}";
        var changed = ends ? attachment with { Status = AttachStatus.Detaching } : attachment;
        await StartAsync(tx, order, instance, changed, asked, supersede: true);
        await tx.SaveAttachmentAsync(changed);
        await tx.FollowAsync(volume);
        return instance;
    }

    /// <summary>Waits until an operation is over, or for as long as a client does.</summary>
    /// <exception cref="Fault">What it failed with; Unavailable while its storage host does not answer.</exception>
    public async Task WaitAsync(string? instance, CancellationToken ct)
    {
        if (instance is null)
            return;
        using var late = new CancellationTokenSource(Longest, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        await foreach (var _ in follower.FollowAsync(instance, null, over.Token))
            if (over.IsCancellationRequested)
                break;
        var state = await durable.GetInstanceAsync(instance);
        if (state?.Fault is { } fault)
            throw Fault.From(fault);
        if (state is { CompletedAt: null })
            throw new Fault(FaultCode.Unavailable, "The storage host has not answered yet; what was begun goes on.");
    }

    /// <summary>A secret for an attachment that may need one.</summary>
    public SealedSecret NewSecret() => AttachmentSecret.New(vault, randomness);

    public AttachmentId NewId() => new(randomness.NewGuid());

    /// <summary>The password of an attachment, for those who may attach with it; null for readers, and of a server's.</summary>
    public async ValueTask<SealedSecret?> FindPasswordAsync(Tx tx, Attachment attachment, Caller caller) =>
        attachment is { Claimed: false, SecretId: { } id } && caller.Rank >= Rank.Member
            ? await tx.FindSecretAsync(id)
            : null;

    public string? Open(SealedSecret? secret) => secret is null ? null : Encoding.UTF8.GetString(vault.Open(secret));

    /// <summary>The attachment as it is answered.</summary>
    public async Task<IResult> ShowAsync(string id, Caller caller)
    {
        var (attachment, secret) = await db.ReadAsync(async tx =>
        {
            var found = await FindAsync(tx, id, caller);
            return (found, await FindPasswordAsync(tx, found, caller));
        });
        return AttachmentView.Answer(attachment, Open(secret));
    }

    public static string ModeOf(Volume volume, bool isReadOnly) => Attachment.ModeOf(isReadOnly || volume.ReadOnly);

    private static Attachment Seen(Attachment? attachment, string id, Caller caller) =>
        attachment is not null && (caller.IsAdmin || attachment.ProjectId == caller.ProjectId)
            ? attachment
            : throw Unknown(id);

    private static Fault Unknown(string id) =>
        Fault.NotFound($"Volume attachment could not be found with filter: attachment_id = {id}.");

    private async ValueTask StartAsync(
        Tx tx,
        IOrchestration<Done> order,
        string instance,
        Attachment attachment,
        Asked asked,
        bool supersede
    )
    {
        try
        {
            var options = new StartOptions(instance, attachment.ProjectId, asked.RequestId.Value, supersede);
            await durable.StartAsync(tx, order, options);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            throw VolumeOperations.Wrong($"Attachment {attachment.Id} is being operated on.");
        }
        await tx.AuditAsync(asked.Caller.Audit(asked.RequestId, asked.Rule, Attachment.ResourceOf(attachment.Id)));
    }
}
