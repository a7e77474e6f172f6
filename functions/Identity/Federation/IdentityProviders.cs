using System.Text.Json;
using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Domains;

namespace Pipeline.Identity.Federation;

/// <summary>Identity providers. One that names no domain for its users gets one of its own. Disabling or deleting one ends its users' tokens.</summary>
internal sealed class IdentityProviders(
    Database db,
    FederationStore store,
    IdentityStore identity,
    ChangeLog changes,
    IdentityUrls urls,
    Randomness randomness
)
{
    public const string All = "identity/v3/OS-FEDERATION/identity_providers";
    public const string One = $"{All}/{{idp_id}}";
    private const string CreateRule = "identity:create_identity_provider";
    private const string ListRule = "identity:list_identity_providers";
    private const string ShowRule = "identity:get_identity_provider";
    private const string UpdateRule = "identity:update_identity_provider";
    private const string DeleteRule = "identity:delete_identity_provider";

    [Function("identity-list-providers"), Policy(ListRule, Require.SystemReader), Answers(200)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request
    )
    {
        var query = Query.Of(request);
        var found = await db.ReadAsync(store.ProvidersAsync);
        var views = found
            .Where(one => query["id"] is not { } id || one.Id == id)
            .Where(one => query.Bool("enabled") is not { } enabled || one.Enabled == enabled)
            .Select(one => ProviderView.Of(request, urls, one));
        return Answer.Json(
            200,
            new ProviderList([.. views], urls.Links(request, "OS-FEDERATION/identity_providers")),
            IdentityJson.Default.ProviderList
        );
    }

    [Function("identity-show-provider"), Policy(ShowRule, Require.SystemReader), Answers(200)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        string idpId
    )
    {
        return View(200, request, await db.ReadAsync(tx => FindAsync(tx, idpId)));
    }

    [Function("identity-create-provider"), Policy(CreateRule, Require.Admin), Answers(201)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string idpId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("identity_provider");
        var domain = body.Nullable("domain_id")?.Id<DomainId>();
        var own = randomness.NewGuid().ToString("N");
        var provider = Over(new() { Id = idpId, DomainId = domain ?? new(own) }, body);
        await db.WriteAsync(async tx =>
        {
            if (domain is { } given && await identity.FindDomainAsync(tx, given.Value) is null)
                throw Refusals.NotFound("domain", given.Value);
            await CheckRemotesAsync(tx, provider);
            if (!await store.TryAddProviderAsync(tx, provider))
                throw Refusals.Duplicate("identity_provider", idpId);
            if (domain is null)
                await AddDomainAsync(tx, own, idpId);
            await tx.AuditAsync(caller.Audit(requestId, CreateRule, $"identity_provider/{idpId}"));
        });
        return View(201, request, provider);
    }

    [Function("identity-update-provider"), Policy(UpdateRule, Require.Admin), Answers(200)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string idpId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("identity_provider");
        body.NotEmpty();
        var provider = await db.WriteAsync(async tx =>
        {
            var before = await FindAsync(tx, idpId);
            body.SameDomain(before.DomainId);
            var after = Over(before, body);
            await CheckRemotesAsync(tx, after);
            await store.UpdateProviderAsync(tx, after);
            if (before.Enabled && !after.Enabled)
                await EndAsync(tx, idpId);
            await tx.AuditAsync(caller.Audit(requestId, UpdateRule, $"identity_provider/{idpId}"));
            return after;
        });
        return View(200, request, provider);
    }

    [Function("identity-delete-provider"), Policy(DeleteRule, Require.Admin), Answers(204)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string idpId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await FindAsync(tx, idpId);
            await EndAsync(tx, idpId);
            await store.DeleteProviderAsync(tx, idpId);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, $"identity_provider/{idpId}"));
        });
        return Answer.NoContent();
    }

    private static IdentityProvider Over(IdentityProvider provider, Fields body)
    {
        body.Only("id", "domain_id", "description", "enabled", "remote_ids", "authorization_ttl");
        var remotes = body.Nullable("remote_ids")?.Array(0, 100).Select(one => one.String(1)).ToArray();
        if (remotes is not null && remotes.Distinct().Count() < remotes.Length)
            throw body["remote_ids"].Wrong("names one twice");
        var remoteIds = remotes is null ? null : JsonSerializer.Serialize(remotes, IdentityJson.Default.StringArray);
        return provider with
        {
            Description = body.Has("description")
                ? body.Nullable("description")?.String(max: 65_535)
                : provider.Description,
            Enabled = body.Nullable("enabled")?.Bool() ?? provider.Enabled,
            RemoteIds = body.Has("remote_ids") ? remoteIds ?? "[]" : provider.RemoteIds,
            AuthorizationTtl = body.Has("authorization_ttl")
                ? body.Nullable("authorization_ttl")?.Long(0)
                : provider.AuthorizationTtl,
        };
    }

    // An issuer's tokens are one provider's.
    private async ValueTask CheckRemotesAsync(Tx tx, IdentityProvider provider)
    {
        await tx.LockAsync("identity/providers");
        var taken = (await store.ProvidersAsync(tx))
            .Where(one => one.Id != provider.Id)
            .SelectMany(one => one.Remotes());
        if (provider.Remotes().Intersect(taken).FirstOrDefault() is { } twice)
            throw Refusals.Duplicate("remote_id", twice);
    }

    private async ValueTask AddDomainAsync(Tx tx, string id, string provider)
    {
        var domain = new Domain
        {
            Id = new(id),
            Name = id,
            Description = $"Users of the identity provider {provider}",
            Enabled = true,
        };
        await identity.TryAddDomainAsync(tx, domain);
        await changes.AddAsync(tx, Change.Domain(domain.Id, revokes: false));
    }

    private async ValueTask EndAsync(Tx tx, string provider)
    {
        foreach (var user in await store.UsersOfAsync(tx, provider))
            await changes.AddAsync(tx, Change.User(user, revokes: true));
    }

    private async ValueTask<IdentityProvider> FindAsync(Tx tx, string id) =>
        await store.FindProviderAsync(tx, id) ?? throw Refusals.NotFound("Identity Provider", id);

    private Answer View(int status, HttpRequest request, IdentityProvider provider) =>
        Answer.Json(
            status,
            new ProviderDocument(ProviderView.Of(request, urls, provider)),
            IdentityJson.Default.ProviderDocument
        );
}
