using Pipeline.Data;

namespace Pipeline.Network.Tags;

internal sealed class DeleteTags(Database db)
{
    private const string Rule = "network:tags:update";

    [Function("network-delete-tags"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/{collection}/{id}/tags")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string collection,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var tagged = await Tagged.FindOwnAsync(tx, caller, collection, id);
            await tx.DeleteTagsAsync(tagged.Id);
            await tagged.Touch(tx);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"{collection}/{id}"));
        });
        return Answer.NoContent();
    }
}
