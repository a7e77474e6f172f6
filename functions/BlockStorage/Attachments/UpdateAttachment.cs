using Pipeline.Data;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>Opens the way of an attachment that was only reserved.</summary>
internal sealed class UpdateAttachment(Database db, AttachmentOperations operations)
{
    private const string Rule = "volume:attachment_update";

    [Function("volume-update-attachment"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "volume/v3/attachments/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        VolumeVersions.Require(version, AttachmentVersion.First);
        var order = (await request.ReadFieldsAsync(ct)).Object("attachment");
        order.Only("connector");
        var connector = ClientConnector.Read(order["connector"]) ?? throw order["connector"].Wrong("must not be empty");
        var (secret, asked) = (operations.NewSecret(), new Asked(caller, requestId, Rule));
        var opening = await db.WriteAsync(async tx =>
        {
            var (known, volume) = await AttachmentOperations.LockAsync(tx, id, caller);
            AttachmentOperations.CheckOwn(known);
            if (known.Connection is not null && known.From == connector.Host)
            {
                await tx.AuditAsync(caller.Audit(requestId, Rule, Attachment.ResourceOf(known.Id)));
                return null; // asked again: it is open
            }
            if (known.Connector is not null)
                throw Fault.BadRequest($"Invalid input received: attachment {id} has a connector already.");
            return await operations.OpenAsync(tx, volume, known, connector, isNew: false, secret, asked);
        });
        await operations.WaitAsync(opening, ct);
        return await operations.ShowAsync(id, caller);
    }
}
