using Pipeline.Data;

namespace Pipeline.Image.Images;

internal sealed class ShowImage(Database db)
{
    [Function("image-show-image"), Policy("image:get_image", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/images/{id}")] HttpRequest request,
        ImageId id,
        Caller caller
    )
    {
        var image = await db.ReadAsync(tx => tx.FindSeenAsync(id, caller));
        return Answer.Written(200, w => ImageView.Write(w, image));
    }
}
