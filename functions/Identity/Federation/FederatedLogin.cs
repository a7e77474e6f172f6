using Pipeline.Data;
using Pipeline.Identity.Auth;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Federation;

/// <summary>A login by what an issuer has signed: the bearer of the signed claims gets an unscoped token. Whatever is wrong is the same 401.</summary>
internal sealed class FederatedLogin(
    Database db,
    FederationStore store,
    IdentityCache cache,
    Names names,
    IssuerKeys keys,
    ShadowUsers shadows,
    ChangeFeed feed,
    NewTokens tokens,
    IdentityOptions options,
    TimeProvider time
)
{
    public const string Rule = "identity:federated_login";
    private const string Path = $"{Protocols.One}/auth";
    private const string Scheme = "Bearer ";

    [Function("identity-federated-login"), Policy(Rule, Require.Anyone), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = Path)] HttpRequest request,
        RequestId requestId,
        string idpId,
        string protocolId
    )
    {
        if (ClaimsOf(request) is not { } claims)
            throw Refusals.Unauthorized();
        var (provider, mapping) = await db.ReadAsync(tx => FindAsync(tx, idpId, protocolId));
        var believed =
            provider is { Enabled: true }
            && mapping is not null
            && claims.Issuer is { } issuer
            && provider.Remotes().Contains(issuer)
            && await IsBelievedAsync(claims, request.HttpContext.RequestAborted);
        if (!believed || Map(mapping!, claims) is not { } login)
            throw Refusals.Unauthorized();
        await feed.ConfirmAsync();
        var version = feed.Version; // read first: what changes from here on revokes this token
        var user = login.Local
            ? await LocalAsync(login.User)
            : await cache.UserAsync(await shadows.EnsureAsync(provider!, login, requestId));
        if (user is not { Enabled: true })
            throw Refusals.Unauthorized();
        var granted = new Granted(user, Place.Nowhere, []);
        var made = await tokens.MakeAsync(request, granted, AuthMethods.OpenId, version);
        return TokenView.Answer(201, made.View, made.Text);
    }

    private static SignedClaims? ClaimsOf(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? SignedClaims.Read(header[Scheme.Length..].Trim())
            : null;

    private async ValueTask<(IdentityProvider? Provider, Mapping? Mapping)> FindAsync(
        Tx tx,
        string idp,
        string protocol
    ) =>
        (
            await store.FindProviderAsync(tx, idp),
            await store.FindProtocolAsync(tx, idp, protocol) is { } found
                ? await store.FindMappingAsync(tx, found.MappingId)
                : null
        );

    // Only issuers that the operator's settings name are asked for anything.
    private async ValueTask<bool> IsBelievedAsync(SignedClaims claims, CancellationToken ct)
    {
        if (
            options.Issuers.FirstOrDefault(one => one.Issuer == claims.Issuer) is not { } issuer
            || !claims.IsFor(issuer.Audience, time.GetUtcNow())
        )
            return false;
        return (await keys.FindAsync(issuer, claims.KeyId, ct)).Any(claims.IsSignedBy);
    }

    // Claims go by their own names, and by those that Apache's module gives them in Keystone's documentation.
    private static MappedLogin? Map(Mapping mapping, SignedClaims claims)
    {
        if (claims.Text("sub") is not { Length: > 0 and <= 255 } subject)
            return null;
        var rules = MappingRule.Read(new Field(System.Text.Json.JsonElement.Parse(mapping.Rules), "rules"));
        return MappedLogin.Of(rules, ValuesOf, subject);

        IReadOnlyList<string> ValuesOf(string type) =>
            type.StartsWith("HTTP_OIDC_", StringComparison.Ordinal)
                ? claims.Values(type["HTTP_OIDC_".Length..].ToLowerInvariant())
            : type.StartsWith("OIDC-", StringComparison.Ordinal) ? claims.Values(type["OIDC-".Length..])
            : claims.Values(type);
    }

    private ValueTask<UserFacts?> LocalAsync(MappedName user) =>
        user.DomainId is null && user.DomainName is null
            ? new(default(UserFacts))
            : names.UserAsync(new NamedRef(null, user.Name, new(user.DomainId, user.DomainName)));
}
