using Pipeline.Data;

namespace Pipeline.Network.Tags;

/// <summary>Whether a resource has a tag: 204 or 404.</summary>
internal sealed class CheckTag(Database db)
{
    [Function("network-check-tag"), Policy("network:tags:list", Require.ProjectReader), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/{collection}/{id}/tags/{tag}")]
            HttpRequest request,
        Caller caller,
        string collection,
        string id,
        string tag
    )
    {
        var has = await db.ReadAsync(async tx =>
        {
            var tagged = await Tagged.FindAsync(tx, caller, collection, id);
            return (await tx.ListTagsAsync([tagged.Id]))[tagged.Id].Contains(tag);
        });
        return has ? Answer.NoContent() : throw TagsView.NotFound(tag);
    }
}
