using Microsoft.Extensions.DependencyInjection;
using Pipeline.Durable.Hub;
using Pipeline.Identity.Auth;
using Pipeline.Identity.Bootstrap;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Catalog;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Credentials;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Federation;
using Pipeline.Identity.Limits;
using Pipeline.Identity.Passwords;
using Pipeline.Identity.Projects;
using Pipeline.Identity.Purge;
using Pipeline.Identity.Signatures;
using Pipeline.Identity.Tokens;
using Pipeline.Identity.Totp;

namespace Pipeline.Identity;

/// <summary>
/// The Identity service: Keystone's v3 API under `/identity/v3`, with `/v3` as its alias, and the tokens of all services.
/// The composition root adds Database, Cloud, Vault, Randomness, TimeProvider and PublicUrl.
/// </summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services, IdentityOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IdentityStore>();
        services.AddSingleton<IdentityUrls>();
        services.AddSingleton<IdentityCache>();
        services.AddSingleton<Revocations>();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<ChangeLog>();
        services.AddSingleton<PasswordQueue>();
        services.AddSingleton<KnownPasswords>();
        services.AddSingleton<Lockout>();
        services.AddSingleton<Activity>();
        services.AddSingleton<PasswordCheck>();
        services.AddSingleton<PasswordHistory>();
        services.AddSingleton<TotpCheck>();
        services.AddSingleton<ProvenUser>();
        services.AddSingleton<Receipts>();
        services.AddSingleton<TokenKeys>();
        services.AddSingleton<TokenSeal>();
        services.AddSingleton<TokenCheck>();
        services.AddSingleton<ITokens, TokenQuery>();
        services.AddSingleton<IProjects, KnownProjects>();
        services.AddSingleton<CredentialStore>();
        services.AddSingleton<Names>();
        services.AddSingleton<DelegatedRoles>();
        services.AddSingleton<DelegatedLogin>();
        services.AddSingleton<ScopeOfLogin>();
        services.AddSingleton<ServiceCatalog>();
        services.AddSingleton<FederationStore>();
        services.AddSingleton<IssuerKeys>();
        services.AddSingleton<ShadowUsers>();
        services.AddSingleton<NewTokens>();
        services.AddSingleton<SignatureLogin>();
        services.AddSingleton<FirstStart>();
        services.AddSingleton<ProjectHoldings>();
        services.AddSingleton<IProjectHoldings, ProjectApplicationCredentials>();
        services.AddSingleton<IProjectHoldings, ProjectTrusts>();
        services.AddSingleton<IProjectHoldings, ProjectCredentials>();
        services.AddSingleton<IProjectHoldings, ProjectLimits>();
        services.AddSingleton(new DurableAssembly(typeof(IdentityModule).Assembly, IdentityDurableJson.Default));
        services.AddSingleton<OwnLimits>();
        services.AddSingleton(new CatalogEntry("identity", "keystone", "/identity"));
        services.AddSingleton(new RouteAlias("v3", "identity/v3"));
        return services.AddFunctions(typeof(IdentityModule).Assembly);
    }

    /// <summary>
    /// Makes the first domain, projects, users and roles, and registers the services' quotas; to be called at every start, before requests
    /// are served.
    /// </summary>
    /// <param name="keep">Stores the generated passwords; called only for a cloud that has no users yet.</param>
    /// <returns>True when this call made the first users.</returns>
    public static async Task<bool> EnsureIdentityAsync(this IServiceProvider services, Func<FirstPasswords, Task> keep)
    {
        var made = await services.GetRequiredService<FirstStart>().EnsureAsync(keep);
        await services.GetRequiredService<OwnLimits>().EnsureAsync();
        return made;
    }
}
