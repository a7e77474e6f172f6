using Pipeline.Data;

namespace Pipeline.Image.Images;

/// <summary>A page of the images that the caller sees, newest first unless it asks for another order.</summary>
internal sealed class ListImages(Database db)
{
    private const int Most = 1000;
    private const int Batch = 200;

    [Function("image-list-images"), Policy("image:get_images", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/images")] HttpRequest request,
        Caller caller
    )
    {
        var page = Page.Of(request, Most, ImageOrder.Keys);
        var filter = ImageFilter.Of(request);
        var order = new ImageOrder(page.Sort);
        var (images, more) =
            page.Limit == 0 ? ([], false) : await db.ReadAsync(tx => FindAsync(tx, caller, page, filter, order));
        var next = more ? Page.NextQuery(request, images[^1].Id.ToString()) : null;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("images");
                foreach (var image in images)
                    ImageView.Write(w, image);
                w.WriteEndArray();
                w.WriteString("first", $"/v2/images{ImageFilter.FirstQuery(request)}");
                if (next is not null)
                    w.WriteString("next", $"/v2/images{next}");
                w.WriteString("schema", "/v2/schemas/images");
                w.WriteEndObject();
            }
        );
    }

    private static async ValueTask<(List<Image> Images, bool More)> FindAsync(
        Tx tx,
        Caller caller,
        Page page,
        ImageFilter filter,
        ImageOrder order
    )
    {
        var after = await MarkerAsync(tx, caller, page.Marker);
        var images = new List<Image>();
        while (true)
        {
            var take = Math.Min(Batch, page.Limit + 1);
            var batch = await tx.ListImagesAsync(caller, filter, order, after, take);
            foreach (var image in batch.Where(filter.Passes))
            {
                if (images.Count == page.Limit)
                    return (images, true);
                images.Add(image);
            }
            if (batch.Count < take)
                return (images, false);
            after = batch[^1];
        }
    }

    private static async ValueTask<Image?> MarkerAsync(Tx tx, Caller caller, string? marker)
    {
        if (marker is null)
            return null;
        var image = ImageId.TryParse(marker, out var id) ? await tx.FindImageAsync(id) : null;
        return image is not null && image.IsSeenBy(caller)
            ? image
            : throw Fault.BadRequest("Invalid marker. Image could not be found.");
    }
}
