using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Tokens;

/// <summary>Says whether a token holds. Everything is in memory, once the user and project have been met.</summary>
internal sealed class TokenCheck(
    TokenSeal seal,
    ChangeFeed feed,
    Revocations revocations,
    IdentityCache cache,
    IdentityOptions options,
    TimeProvider time
)
{
    /// <summary>Null when the token is malformed, expired or revoked, or its user or project is gone or disabled.</summary>
    public async ValueTask<Standing?> RunAsync(string text)
    {
        if (seal.Open(text) is not { } token || Expired(token))
            return null;
        await feed.ConfirmAsync();
        if (token.Version > feed.Version) // its issuer, another functions host, has seen more than this one
        {
            feed.Distrust();
            await feed.ConfirmAsync();
        }
        if (token.Version > feed.Version || revocations.Hit(token))
            return null;
        if (await cache.UserAsync(token.User) is not { Enabled: true } user)
            return null;
        if (token.Project is not { } scope)
            return new(token, user, null, []);
        if (await cache.ProjectAsync(scope) is not { Enabled: true } project)
            return null;
        var roles = await RolesAsync(token, scope);
        return roles.Count > 0 ? new(token, user, project, roles) : null;
    }

    // Revocations are kept for one lifetime: a token made under a longer setting must not outlive them.
    private bool Expired(Token token)
    {
        var now = time.GetUtcNow();
        return now >= token.ExpiresAt || now >= token.IssuedAt + options.TokenLifetime;
    }

    // A role that is gone takes its tokens with it: what it implied stands in them, too.
    private async ValueTask<IReadOnlyList<RoleFacts>> RolesAsync(Token token, ProjectId project)
    {
        if (token.Roles is not { } numbers)
            return await cache.GrantsAsync(token.User, project);
        var set = await cache.RolesAsync();
        var roles = new RoleFacts[numbers.Count];
        for (var i = 0; i < roles.Length; i++)
        {
            if (set.Find(numbers[i]) is not { } role)
                return [];
            roles[i] = role;
        }
        return roles;
    }
}
