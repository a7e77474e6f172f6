using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Attachments;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>A client that attaches by itself gets its way to a volume.</summary>
/// <param name="IsNew">The attachment was made for this, and ends with it when it fails.</param>
internal sealed record OpenAttachment(AttachmentId Id, bool IsNew) : IOrchestration<Done>
{
    public string? Resource => Attachment.ResourceOf(Id);
}

internal sealed class OpenAttachmentOrchestrator : SagaOrchestrator<OpenAttachment>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(5);

    protected override async Task RunAsync(Saga saga, OpenAttachment order)
    {
        var found = await saga.DoAsync(
            new FindExport(order.Id),
            undo: order.IsNew ? new EndAttachment(order.Id) : new Disconnect(order.Id)
        );
        var connection = await saga.DoAsync(
            new OpenExport(
                found.Host,
                found.Backend,
                found.VolumeId,
                order.Id,
                found.Connector,
                found.IsReadOnly,
                found.Secret
            ),
            undo: new CloseExport(found.Host, found.VolumeId, order.Id)
        );
        await saga.DoAsync(new KeepConnection(order.Id, connection), Undo.NotNeeded("last step"));
    }
}
