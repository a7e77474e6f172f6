using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>`os-complete`: the client has attached the volume by the way that it was given.</summary>
internal sealed class AttachmentAction(Database db)
{
    private const string Rule = "volume:attachment_complete";

    [Function("volume-attachment-action"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/attachments/{id}/action")]
            HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        VolumeVersions.Require(version, AttachmentVersion.Complete);
        var body = await request.ReadFieldsAsync(ct);
        body.Only("os-complete");
        _ = body.Optional("os-complete") ?? throw Fault.BadRequest("Malformed request body: it must name one action.");
        await db.WriteAsync(async tx =>
        {
            var (known, volume) = await AttachmentOperations.LockAsync(tx, id, caller);
            AttachmentOperations.CheckOwn(known);
            if (known.Connection is null || known.Status is not (AttachStatus.Attaching or AttachStatus.Attached))
                throw VolumeOperations.Wrong(
                    $"Attachment {id} is {known.Status}: it is complete when its way is open and it is attaching."
                );
            await tx.SaveAttachmentAsync(
                known with
                {
                    Status = AttachStatus.Attached,
                    AttachedAt = known.AttachedAt ?? tx.Now,
                }
            );
            await tx.FollowAsync(volume);
            await tx.AuditAsync(caller.Audit(requestId, Rule, Attachment.ResourceOf(known.Id)));
        });
        return Answer.NoContent();
    }
}
