using Pipeline.Data;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>Ends an attachment, its way first; the answer has those that the volume has left.</summary>
internal sealed class DeleteAttachment(Database db, AttachmentOperations operations)
{
    private const string Rule = "volume:attachment_delete";

    [Function("volume-delete-attachment"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "volume/v3/attachments/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        VolumeVersions.Require(version, AttachmentVersion.First);
        var asked = new Asked(caller, requestId, Rule);
        var (of, closing) = await db.WriteAsync(async tx =>
        {
            var (known, volume) = await AttachmentOperations.LockAsync(tx, id, caller);
            AttachmentOperations.CheckOwn(known);
            return (volume.Id, await operations.CloseAsync(tx, volume, known, ends: true, asked));
        });
        await operations.WaitAsync(closing, ct);
        var left = await db.ReadAsync(tx => tx.ListAttachmentsAsync(of));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("attachments");
                foreach (var attachment in left)
                    AttachmentView.WriteShort(w, attachment);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }
}
