using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Tokens;

/// <summary>Says whether a token holds. Everything is in memory, once the user and project have been met.</summary>
internal sealed class TokenCheck(
    TokenSeal seal,
    ChangeFeed feed,
    Revocations revocations,
    IdentityCache cache,
    DelegatedRoles delegated,
    IdentityOptions options,
    TimeProvider time
)
{
    /// <summary>Null when the token is malformed, expired or revoked, or its user or project is gone or disabled.</summary>
    public async ValueTask<Standing?> RunAsync(string text)
    {
        if (await seal.OpenAsync(text) is not { Scope.Kind: not ScopeKind.Receipt } token || Expired(token))
            return null;
        await feed.ConfirmAsync();
        if (token.Version > feed.Version) // its issuer, another functions host, has seen more than this one
        {
            feed.Distrust();
            await feed.ConfirmAsync();
        }
        if (token.Version > feed.Version || revocations.Hit(token))
            return null;
        if (
            await cache.UserAsync(token.User) is not { Enabled: true } user
            || await PlaceAsync(token.Scope) is not { } place
            || revocations.HitDomain(token, user.DomainId, place)
        )
            return null;
        if (token.Delegation is { Kind: not DelegationKind.KeyPair } named)
            return await DelegatedAsync(token, named, user, place);
        if (token.Scope.Kind == ScopeKind.None)
            return new(token, user, place, []);
        var roles = await RolesAsync(token);
        return roles.Count > 0 ? new(token, user, place, roles) : null;
    }

    // What was lent ends with what it was lent from: all its users, and each role that the owner has.
    private async ValueTask<Standing?> DelegatedAsync(Token token, Delegated named, UserFacts user, Place place)
    {
        if (await cache.DelegationAsync(named) is not { } by || by.IsOver(time.GetUtcNow()) || by.ActsAs != token.User)
            return null;
        foreach (var id in by.Parties())
            if (
                await cache.UserAsync(id) is not { Enabled: true } party
                || revocations.HitUser(token, id)
                || revocations.HitDomain(token, party.DomainId, place)
            )
                return null;
        var held = await delegated.RolesAsync(by);
        var whole = token.Roles is null || token.Roles.All(number => held.Any(role => role.Number == number));
        var roles = token.Roles is null ? held : [.. held.Where(role => token.Roles.Contains(role.Number))];
        return whole && roles.Count > 0 ? new(token, user, place, roles) { By = by } : null;
    }

    // Null for what is gone or disabled.
    private async ValueTask<Place?> PlaceAsync(TokenScope scope)
    {
        switch (scope)
        {
            case { Project: { } id }:
                return await cache.ProjectAsync(id) is { Enabled: true } project ? Place.Of(project) : null;
            case { Domain: { } id }:
                return await cache.DomainAsync(id.Value, name: false) is { Enabled: true } domain
                    ? Place.Of(domain)
                    : null;
            default:
                return scope.Kind == ScopeKind.System ? Place.System : Place.Nowhere;
        }
    }

    // Revocations are kept for one lifetime: a token made under a longer setting must not outlive them.
    private bool Expired(Token token)
    {
        var now = time.GetUtcNow();
        return now >= token.ExpiresAt || now >= token.IssuedAt + options.TokenLifetime;
    }

    // Roles of groups, and inherited ones, were taken since: whether this user lost one is looked up.
    private async ValueTask<bool> HasStillAsync(Token token, RoleFacts[] roles)
    {
        var held = await cache.GrantsAsync(token.User, token.Scope);
        return roles.All(role => held.Any(one => one.Number == role.Number));
    }

    // A role that is gone takes its tokens with it: what it implied stands in them, too.
    private async ValueTask<IReadOnlyList<RoleFacts>> RolesAsync(Token token)
    {
        if (token.Roles is not { } numbers)
            return await cache.GrantsAsync(token.User, token.Scope);
        var set = await cache.RolesAsync();
        var roles = new RoleFacts[numbers.Count];
        for (var i = 0; i < roles.Length; i++)
        {
            if (set.Find(numbers[i]) is not { } role)
                return [];
            roles[i] = role;
        }
        return revocations.MayHaveLost(token) && !await HasStillAsync(token, roles) ? [] : roles;
    }
}
