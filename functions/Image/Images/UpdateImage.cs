using Microsoft.Net.Http.Headers;

namespace Pipeline.Image.Images;

internal sealed class UpdateImage(ImageEditor editor)
{
    private const string Rule = "image:modify_image";
    private const string MediaType = "application/openstack-images-v2.1-json-patch";

    /// <summary>The draft of JSON patch that the API began with: the operation's name is the key of its path.</summary>
    private const string DraftMediaType = "application/openstack-images-v2.0-json-patch";

    [Function("image-update-image"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "image/v2/images/{id}")] HttpRequest request,
        ImageId id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var isDraft = IsDraft(request);
        var patch = ImagePatch.Read(await request.ReadJsonAsync(ct), isDraft);
        var image = await editor.ChangeAsync(id, caller, requestId, Rule, found => patch.Apply(found, caller));
        return Answer.Written(200, w => ImageView.Write(w, image));
    }

    private static bool IsDraft(HttpRequest request)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            if (type.MediaType.Equals(MediaType))
                return false;
            if (type.MediaType.Equals(DraftMediaType))
                return true;
        }
        request.HttpContext.Response.Headers["Accept-Patch"] = $"{DraftMediaType}, {MediaType}";
        throw new Fault(FaultCode.UnsupportedMedia, $"A change of an image must be sent as {MediaType}.");
    }
}
