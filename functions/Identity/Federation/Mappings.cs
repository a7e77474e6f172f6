using Pipeline.Data;

namespace Pipeline.Identity.Federation;

/// <summary>Mappings. One with a mistake is refused when it is stored, not when somebody logs in.</summary>
internal sealed class Mappings(Database db, FederationStore store, IdentityUrls urls)
{
    private const string All = "identity/v3/OS-FEDERATION/mappings";
    private const string One = $"{All}/{{mapping_id}}";
    private const string CreateRule = "identity:create_mapping";
    private const string ListRule = "identity:list_mappings";
    private const string ShowRule = "identity:get_mapping";
    private const string UpdateRule = "identity:update_mapping";
    private const string DeleteRule = "identity:delete_mapping";

    [Function("identity-list-mappings"), Policy(ListRule, Require.SystemReader), Answers(200)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request
    )
    {
        var found = await db.ReadAsync(store.MappingsAsync);
        return Answer.Json(
            200,
            new MappingList(
                [.. found.Select(one => MappingView.Of(request, urls, one))],
                urls.Links(request, "OS-FEDERATION/mappings")
            ),
            IdentityJson.Default.MappingList
        );
    }

    [Function("identity-show-mapping"), Policy(ShowRule, Require.SystemReader), Answers(200)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        string mappingId
    )
    {
        return View(200, request, await db.ReadAsync(tx => FindAsync(tx, mappingId)));
    }

    [Function("identity-create-mapping"), Policy(CreateRule, Require.Admin), Answers(201)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string mappingId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("mapping");
        _ = body["rules"];
        var mapping = Over(new() { Id = mappingId }, body);
        await db.WriteAsync(async tx =>
        {
            if (!await store.TryAddMappingAsync(tx, mapping))
                throw Refusals.Duplicate("mapping", mappingId);
            await tx.AuditAsync(caller.Audit(requestId, CreateRule, $"mapping/{mappingId}"));
        });
        return View(201, request, mapping);
    }

    [Function("identity-update-mapping"), Policy(UpdateRule, Require.Admin), Answers(200)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string mappingId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("mapping");
        var mapping = await db.WriteAsync(async tx =>
        {
            var after = Over(await FindAsync(tx, mappingId), body);
            await store.UpdateMappingAsync(tx, after);
            await tx.AuditAsync(caller.Audit(requestId, UpdateRule, $"mapping/{mappingId}"));
            return after;
        });
        return View(200, request, mapping);
    }

    [Function("identity-delete-mapping"), Policy(DeleteRule, Require.Admin), Answers(204)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string mappingId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await FindAsync(tx, mappingId);
            await store.DeleteMappingAsync(tx, mappingId);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, $"mapping/{mappingId}"));
        });
        return Answer.NoContent();
    }

    private static Mapping Over(Mapping mapping, Fields body)
    {
        body.Only("id", "rules", "schema_version");
        if (body.Nullable("rules") is { } rules)
            _ = MappingRule.Read(rules);
        var version = body.Nullable("schema_version")?.String();
        if (version is not (null or "1.0" or "2.0"))
            throw body["schema_version"].Wrong("must be 1.0 or 2.0");
        return mapping with
        {
            Rules = body.Nullable("rules")?.Json.GetRawText() ?? mapping.Rules,
            SchemaVersion = version ?? mapping.SchemaVersion,
        };
    }

    private async ValueTask<Mapping> FindAsync(Tx tx, string id) =>
        await store.FindMappingAsync(tx, id) ?? throw Refusals.NotFound("mapping", id);

    private Answer View(int status, HttpRequest request, Mapping mapping) =>
        Answer.Json(
            status,
            new MappingDocument(MappingView.Of(request, urls, mapping)),
            IdentityJson.Default.MappingDocument
        );
}
