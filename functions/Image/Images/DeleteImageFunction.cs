using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Image.Orchestrations;

namespace Pipeline.Image.Images;

/// <summary>Hides the image and starts the removal of its file and the hosts' copies; an upload under way finds it gone.</summary>
internal sealed class DeleteImageFunction(Database db, DurableTaskClient durable)
{
    private const string Rule = "image:delete_image";

    [Function("image-delete-image"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "image/v2/images/{id}")] HttpRequest request,
        ImageId id,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            var image = await tx.FindOwnAsync(id, caller, Rule);
            if (image.Protected)
                throw Fault.Forbidden($"Image {id} is protected and cannot be deleted.");
            await tx.BuryImageAsync(id);
            var options = new StartOptions($"image-{id}-delete-{requestId}", image.ProjectId, requestId.Value);
            await durable.StartAsync(tx, new DeleteImage(id), options);
            await tx.AuditAsync(caller.Audit(requestId, Rule, Image.ResourceOf(id)));
        });
        return Answer.NoContent();
    }
}
