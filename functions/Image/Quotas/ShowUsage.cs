using Pipeline.Data;

namespace Pipeline.Image.Quotas;

/// <summary>What the caller's project may have of images, and has.</summary>
internal sealed class ShowUsage(Database db)
{
    [Function("image-show-usage"), Policy("image:get_usage", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/info/usage")] HttpRequest request,
        Caller caller
    )
    {
        var (quotas, used) = await db.ReadAsync(async tx =>
            (await tx.QuotasAsync(caller.Project, ImageQuota.All), await tx.ImageUsageAsync(caller.Project))
        );
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject("usage");
                foreach (var quota in quotas)
                {
                    w.WriteStartObject(quota.Kind.Name);
                    w.WriteNumber("limit", quota.Limit);
                    w.WriteNumber("usage", used.Of(quota.Kind));
                    w.WriteEndObject();
                }
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }
}
