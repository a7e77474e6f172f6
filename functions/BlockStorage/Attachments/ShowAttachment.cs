namespace Pipeline.BlockStorage.Attachments;

internal sealed class ShowAttachment(AttachmentOperations operations)
{
    [Function("volume-show-attachment"), Policy("volume:attachment_get", Require.ProjectReader)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/attachments/{id}")] HttpRequest request,
        string id,
        Caller caller,
        Microversion version
    )
    {
        VolumeVersions.Require(version, AttachmentVersion.First);
        return operations.ShowAsync(id, caller);
    }
}
