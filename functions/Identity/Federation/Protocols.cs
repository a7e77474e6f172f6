using Pipeline.Data;

namespace Pipeline.Identity.Federation;

/// <summary>A provider's protocols: each says by which mapping what its tokens claim is read.</summary>
internal sealed class Protocols(Database db, FederationStore store, IdentityUrls urls)
{
    public const string All = $"{IdentityProviders.One}/protocols";
    public const string One = $"{All}/{{protocol_id}}";
    private const string CreateRule = "identity:create_protocol";
    private const string ListRule = "identity:list_protocols";
    private const string ShowRule = "identity:get_protocol";
    private const string UpdateRule = "identity:update_protocol";
    private const string DeleteRule = "identity:delete_protocol";

    [Function("identity-list-protocols"), Policy(ListRule, Require.SystemReader), Answers(200)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request,
        string idpId
    )
    {
        var found = await db.ReadAsync(async tx =>
        {
            await FindProviderAsync(tx, idpId);
            return await store.ProtocolsAsync(tx, idpId);
        });
        return Answer.Json(
            200,
            new ProtocolList(
                [.. found.Select(one => ProtocolView.Of(request, urls, one))],
                urls.Links(request, $"OS-FEDERATION/identity_providers/{idpId}/protocols")
            ),
            IdentityJson.Default.ProtocolList
        );
    }

    [Function("identity-show-protocol"), Policy(ShowRule, Require.SystemReader), Answers(200)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        string idpId,
        string protocolId
    )
    {
        return View(200, request, await db.ReadAsync(tx => FindAsync(tx, idpId, protocolId)));
    }

    [Function("identity-create-protocol"), Policy(CreateRule, Require.Admin), Answers(201)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string idpId,
        string protocolId
    )
    {
        var mapping = MappingOf(await request.ReadFieldsAsync());
        var protocol = new Protocol
        {
            ProviderId = idpId,
            Id = protocolId,
            MappingId = mapping,
        };
        await db.WriteAsync(async tx =>
        {
            await FindProviderAsync(tx, idpId);
            await CheckMappingAsync(tx, mapping);
            if (!await store.TryAddProtocolAsync(tx, protocol))
                throw Refusals.Duplicate("federation_protocol", protocolId);
            await tx.AuditAsync(caller.Audit(requestId, CreateRule, $"protocol/{idpId}/{protocolId}"));
        });
        return View(201, request, protocol);
    }

    [Function("identity-update-protocol"), Policy(UpdateRule, Require.Admin), Answers(200)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string idpId,
        string protocolId
    )
    {
        var mapping = MappingOf(await request.ReadFieldsAsync());
        var protocol = await db.WriteAsync(async tx =>
        {
            var after = await FindAsync(tx, idpId, protocolId) with { MappingId = mapping };
            await CheckMappingAsync(tx, mapping);
            await store.UpdateProtocolAsync(tx, after);
            await tx.AuditAsync(caller.Audit(requestId, UpdateRule, $"protocol/{idpId}/{protocolId}"));
            return after;
        });
        return View(200, request, protocol);
    }

    [Function("identity-delete-protocol"), Policy(DeleteRule, Require.Admin), Answers(204)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string idpId,
        string protocolId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await FindAsync(tx, idpId, protocolId);
            await store.DeleteProtocolAsync(tx, idpId, protocolId);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, $"protocol/{idpId}/{protocolId}"));
        });
        return Answer.NoContent();
    }

    private static string MappingOf(Fields body)
    {
        var protocol = body.Object("protocol");
        protocol.Only("id", "mapping_id");
        return protocol.String("mapping_id", 1);
    }

    private async ValueTask CheckMappingAsync(Tx tx, string mapping)
    {
        if (await store.FindMappingAsync(tx, mapping) is null)
            throw Fault.BadRequest($"Invalid mapping id: {mapping}.");
    }

    private async ValueTask FindProviderAsync(Tx tx, string id) =>
        _ = await store.FindProviderAsync(tx, id) ?? throw Refusals.NotFound("Identity Provider", id);

    private async ValueTask<Protocol> FindAsync(Tx tx, string provider, string id) =>
        await store.FindProtocolAsync(tx, provider, id)
        ?? throw Fault.NotFound($"Could not find federated protocol {id} for Identity Provider: {provider}.");

    private Answer View(int status, HttpRequest request, Protocol protocol) =>
        Answer.Json(
            status,
            new ProtocolDocument(ProtocolView.Of(request, urls, protocol)),
            IdentityJson.Default.ProtocolDocument
        );
}
