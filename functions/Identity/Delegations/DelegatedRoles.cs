using Pipeline.Identity.Cache;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Delegations;

/// <summary>What an application credential or a trust lends now.</summary>
internal sealed class DelegatedRoles(IdentityCache cache)
{
    /// <summary>The roles that are lent, with those that they imply, and that the owner still has.</summary>
    public async ValueTask<IReadOnlyList<RoleFacts>> RolesAsync(Delegation delegation)
    {
        var held = await cache.GrantsAsync(delegation.OwnerId, TokenScope.Of(delegation.ProjectId));
        var set = await cache.RolesAsync();
        var lent = set.Effective(delegation.RoleIds().Select(id => new RoleId(id)));
        return [.. held.Where(role => lent.Any(one => one.Number == role.Number))];
    }
}
