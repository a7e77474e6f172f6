using Pipeline.BlockStorage.Attachments;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>Where the way begins that a client has asked for, and who is to go it, as its record has it.</summary>
internal sealed record FindExport(AttachmentId AttachmentId) : IActivity<ExportOrder>;

internal sealed class FindExportHandler : ITransactionalActivity<FindExport, ExportOrder>
{
    public async ValueTask<ExportOrder> RunAsync(Tx tx, FindExport step)
    {
        if (
            await tx.LockAttachmentAsync(step.AttachmentId)
            is not
            ({ From: { } connector } attachment, { Place: { } place } volume)
        )
            throw Fault.NotFound($"Volume attachment {step.AttachmentId} could not be found.");
        return new(
            place.Host,
            place.Backend,
            volume.LiesAs,
            connector,
            attachment.IsReadOnly,
            attachment.SecretId,
            Limits: null
        );
    }
}

internal sealed class KeepConnectionHandler : ITransactionalActivity<KeepConnection, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, KeepConnection step)
    {
        if (await tx.LockAttachmentAsync(step.AttachmentId) is not ({ } attachment, { }))
            throw Fault.NotFound($"Volume attachment {step.AttachmentId} could not be found.");
        await tx.SaveAttachmentAsync(attachment with { Connection = Attachment.TextOf(step.Connection) });
        return Done.Instance;
    }
}

/// <summary>There is no way any more, but the attachment stays: as it was before it had one. Absent is success.</summary>
internal sealed record Disconnect(AttachmentId AttachmentId) : IActivity<Done>;

internal sealed class DisconnectHandler : ITransactionalActivity<Disconnect, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, Disconnect step)
    {
        if (await tx.LockAttachmentAsync(step.AttachmentId) is not ({ } attachment, { } volume))
            return Done.Instance;
        await tx.DeleteSecretsAsync(Attachment.ResourceOf(attachment.Id));
        await tx.SaveAttachmentAsync(
            attachment with
            {
                Status = attachment.Status == AttachStatus.Attaching ? AttachStatus.Reserved : attachment.Status,
                Connector = null,
                Connection = null,
                SecretId = null,
            }
        );
        await tx.FollowAsync(volume);
        return Done.Instance;
    }
}
