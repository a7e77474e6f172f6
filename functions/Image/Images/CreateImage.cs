using Pipeline.Data;
using Pipeline.Image.Quotas;

namespace Pipeline.Image.Images;

/// <summary>Makes the record of an image; its file comes by an upload of its own.</summary>
internal sealed class CreateImage(Database db, Randomness randomness, PublicUrl publicUrl)
{
    private const string Rule = "image:add_image";

    [Function("image-create-image"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "image/v2/images")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        var order = Accept(body, caller);
        var key = IdempotencyKeys.Of(request, caller, body);
        var image = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored && ImageId.TryParse(stored.Body, out var known))
                return await tx.FindSeenAsync(known, caller);
            await tx.CheckImageQuotaAsync(order.ProjectId, ImageQuota.Count, 1);
            if (!await tx.TryAddImageAsync(order))
                throw Fault.Conflict($"Image with identifier {order.Id} already exists!");
            await tx.RememberAsync(key, 201, order.Id.ToString());
            await tx.AuditAsync(caller.Audit(requestId, Rule, Image.ResourceOf(order.Id)));
            return order with { CreatedAt = tx.Now, UpdatedAt = tx.Now };
        });
        return Answer
            .Written(201, w => ImageView.Write(w, image))
            .With("Location", $"{publicUrl.Of(request)}/image{ImageView.PathOf(image.Id)}");
    }

    private Image Accept(Fields body, Caller caller)
    {
        var image = new Image
        {
            Id = body.Optional("id")?.Id<ImageId>() ?? new(randomness.NewGuid()),
            ProjectId = caller.Project,
        };
        foreach (var (name, value) in body.Entries().Where(entry => entry.Name != "id"))
        {
            ImageAttributes.CheckWritable(name);
            image = ImageAttributes.Set(image, name, value, caller);
        }
        return image;
    }
}
