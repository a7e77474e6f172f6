using Pipeline.Data;

namespace Pipeline.Network.Tags;

internal sealed class ListTags(Database db)
{
    [Function("network-list-tags"), Policy("network:tags:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/{collection}/{id}/tags")]
            HttpRequest request,
        Caller caller,
        string collection,
        string id
    )
    {
        var tags = await db.ReadAsync(async tx =>
        {
            var tagged = await Tagged.FindAsync(tx, caller, collection, id);
            return (await tx.ListTagsAsync([tagged.Id]))[tagged.Id].ToList();
        });
        return TagsView.Of(tags);
    }
}
