using System.Text;
using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Hosts;
using Pipeline.BlockStorage.QosSpecs;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>Finds out by which way the guest's host is to reach the volume. Asked again it gives the attachment's own secret again.</summary>
internal sealed class ConnectAttachmentHandler(Vault vault, Randomness randomness)
    : IPreparedActivity<ConnectAttachment, SealedSecret, ExportOrder>
{
    public ValueTask<SealedSecret> PrepareAsync(ConnectAttachment step) => new(AttachmentSecret.New(vault, randomness));

    public async ValueTask<ExportOrder> RunAsync(Tx tx, ConnectAttachment step, SealedSecret prepared)
    {
        if (await tx.LockAttachmentAsync(step.AttachmentId) is not ({ } attachment, { Place: { } place } volume))
            throw Fault.NotFound($"Volume attachment {step.AttachmentId} could not be found.");
        var connector = await ConnectorAsync(tx, volume, step.GuestHost);
        var secret = await tx.KeepSecretAsync(attachment, prepared);
        await tx.SaveAttachmentAsync(
            attachment with
            {
                Status = AttachStatus.Attaching,
                GuestHostId = step.GuestHost,
                HostName = connector.Name,
                Connector = Attachment.TextOf(connector),
                SecretId = secret,
            }
        );
        await tx.FollowAsync(volume);
        return new(
            place.Host,
            place.Backend,
            volume.Id,
            connector,
            attachment.IsReadOnly,
            secret,
            QosLimits.Of(await tx.FindLimitingAsync(volume), volume.SizeGib)
        )
        {
            Name = volume.NameId,
        };
    }

    /// <exception cref="Fault">Unavailable while the guest's host has not told how it is reached.</exception>
    private static async ValueTask<HostConnector> ConnectorAsync(Tx tx, Volume volume, HostId guest)
    {
        var host = await tx.FindVolumeHostAsync(guest);
        if (guest == volume.HostId)
            return new(guest, host?.Name ?? volume.HostName!, null, host?.Initiator);
        return host is { Address: { } address }
            ? new(guest, host.Name, address, host.Initiator)
            : throw new Fault(
                FaultCode.Unavailable,
                $"the guest's host has told no {HostFactNames.StorageAddress} from which it could reach volume {volume.Id}"
            );
    }
}

/// <summary>The password of one attachment (CHAP's).</summary>
internal static class AttachmentSecret
{
    /// <summary>Letters and digits; targets take 12 to 64 of them.</summary>
    private const int Length = 24;

    public static SealedSecret New(Vault vault, Randomness randomness) =>
        vault.Seal(Encoding.UTF8.GetBytes(randomness.Password(Length)));

    /// <summary>The attachment's secret from now on: this one, unless it has one.</summary>
    public static async ValueTask<SecretId> KeepSecretAsync(this Tx tx, Attachment attachment, SealedSecret fresh)
    {
        if (attachment.SecretId is { } known)
            return known;
        await tx.PutSecretAsync(Attachment.ResourceOf(attachment.Id), fresh);
        return fresh.Id;
    }
}
