namespace Pipeline.Image.Images;

internal sealed class AddTag(ImageEditor editor)
{
    private const string Rule = "image:modify_image";

    [Function("image-add-tag"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "image/v2/images/{id}/tags/{tag}")]
            HttpRequest request,
        ImageId id,
        string tag,
        Caller caller,
        RequestId requestId
    )
    {
        await editor.ChangeAsync(id, caller, requestId, Rule, image => ImageAttributes.AddTag(image, tag));
        return Answer.NoContent();
    }
}

internal sealed class RemoveTag(ImageEditor editor)
{
    private const string Rule = "image:modify_image";

    [Function("image-remove-tag"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "image/v2/images/{id}/tags/{tag}")]
            HttpRequest request,
        ImageId id,
        string tag,
        Caller caller,
        RequestId requestId
    )
    {
        await editor.ChangeAsync(id, caller, requestId, Rule, image => Without(image, tag));
        return Answer.NoContent();
    }

    private static Image Without(Image image, string tag)
    {
        var tags = image.TagList;
        return tags.Remove(tag) ? image.With(tags) : throw Fault.NotFound($"Image {image.Id} has no tag '{tag}'.");
    }
}
