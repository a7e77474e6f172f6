using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Tags;

internal sealed class ReplaceTags(Database db)
{
    private const string Rule = "network:tags:update";

    [Function("network-replace-tags"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/{collection}/{id}/tags")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string collection,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var tags = Read(body);
        await db.WriteAsync(async tx =>
        {
            var tagged = await Tagged.FindOwnAsync(tx, caller, collection, id);
            await tx.DeleteTagsAsync(tagged.Id);
            foreach (var tag in tags)
                await tx.AddTagAsync(tagged.Id, tag);
            await tagged.Touch(tx);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"{collection}/{id}"));
        });
        return TagsView.Of(tags.Order(StringComparer.Ordinal));
    }

    private static List<string> Read(Fields body)
    {
        if (body.Optional("tags") is not { } field)
            throw NeutronFault.InvalidInput("Invalid tags body.");
        var tags = field.Array().Select(t => t.String(1, 255)).ToList();
        return tags.GroupBy(t => t).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw NeutronFault.InvalidInput($"Duplicate items in the list: '{twice.Key}'.")
            : tags;
    }
}
