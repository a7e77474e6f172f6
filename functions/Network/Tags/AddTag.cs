using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Tags;

internal sealed class AddTag(Database db)
{
    private const string Rule = "network:tags:update";

    [Function("network-add-tag"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/{collection}/{id}/tags/{tag}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string collection,
        string id,
        string tag
    )
    {
        if (tag.Length is 0 or > 255)
            throw NeutronFault.InvalidInput($"'{tag}' exceeds maximum length of 255.");
        await db.WriteAsync(async tx =>
        {
            var tagged = await Tagged.FindOwnAsync(tx, caller, collection, id);
            if (!await tx.AddTagAsync(tagged.Id, tag))
                return;
            await tagged.Touch(tx);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"{collection}/{id}"));
        });
        return Answer.Bytes(201, "null"u8.ToArray(), Document.Type); // what Neutron's clients get
    }
}
