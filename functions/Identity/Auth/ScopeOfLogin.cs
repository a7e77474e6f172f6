using Pipeline.Identity.Cache;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>What a proven user gets of the scope that they ask for: where, and with which roles.</summary>
internal sealed class ScopeOfLogin(IdentityCache cache, DelegatedLogin delegated, Names names)
{
    /// <exception cref="Fault">Unauthorized for what is not there, is disabled, or where the user has no role.</exception>
    public async ValueTask<Granted> FindAsync(Scope scope, UserFacts user)
    {
        switch (scope)
        {
            case Scope.OfProject { Project: var name }:
                return await OnAsync(user, await names.ProjectAsync(name)) ?? throw Refusals.Unauthorized();
            case Scope.OfDomain { Domain: var name }:
                var domain = await names.DomainAsync(name);
                return domain is { Enabled: true } && await RolesAsync(user, Place.Of(domain)) is { } onDomain
                    ? onDomain
                    : throw Refusals.Unauthorized();
            case Scope.OfTrust { Id: var trust }:
                return await delegated.OnTrustAsync(trust, user);
            case Scope.OfSystem:
                return await RolesAsync(user, Place.System) ?? throw Refusals.Unauthorized();
            case Scope.Default when user.DefaultProjectId is { } id: // a default that is no good is no error
                return await OnAsync(user, await cache.ProjectAsync(id)) ?? new(user, Place.Nowhere, []);
            case Scope.Default or Scope.Unscoped:
                return new(user, Place.Nowhere, []);
            default:
                throw Refusals.Unauthorized();
        }
    }

    private async ValueTask<Granted?> OnAsync(UserFacts user, ProjectFacts? project) =>
        project is { Enabled: true } ? await RolesAsync(user, Place.Of(project)) : null;

    private async ValueTask<Granted?> RolesAsync(UserFacts user, Place place)
    {
        var roles = await cache.GrantsAsync(user.Id, place.Scope);
        return roles.Count > 0 ? new(user, place, roles) : null;
    }
}
