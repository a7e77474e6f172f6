using Pipeline.Data;
using Pipeline.Identity.Catalog;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>A token that was just issued, with what it says.</summary>
internal sealed record NewToken(string Text, TokenView View)
{
    public override string ToString() => $"token {View.AuditIds[0]}"; // a record would print the token
}

/// <summary>What every way in ends with: the token of what a login amounts to.</summary>
internal sealed class NewTokens(
    TokenSeal seal,
    ServiceCatalog catalog,
    IdentityOptions options,
    Randomness randomness,
    TimeProvider time
)
{
    /// <param name="version">Of the feed, read before the login was looked at: what changes from there on revokes the token.</param>
    /// <param name="parent">The token that it is got by: it lives no longer, and dies with it.</param>
    public async ValueTask<NewToken> MakeAsync(
        HttpRequest request,
        Granted granted,
        AuthMethods methods,
        long version,
        Token? parent = null
    )
    {
        var made = Make(granted, methods, version);
        made = parent is null ? made : made.Descend(parent);
        var standing = new Standing(made, granted.User, granted.Place, granted.Roles) { By = granted.By };
        var shown = await catalog.OfAsync(request, granted.Place.Scope, granted.User.Id);
        return new(seal.Seal(made), TokenView.Of(standing, shown));
    }

    private Token Make(Granted granted, AuthMethods methods, long version)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var expires = now + options.TokenLifetime;
        if (granted.By?.ExpiresAt is { } end && end < expires)
            expires = end;
        var id = new AuditId(randomness.NewGuid());
        return new(granted.User.Id, granted.Place.Scope, methods, id, now, expires, version)
        {
            Delegation = granted.By?.Named ?? Delegated.OfKeyPair(granted.KeyPair),
            Roles = [.. granted.Roles.Select(role => role.Number)],
        };
    }
}
