using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Auth;

/// <summary>Finds what a login names; null for what is not there.</summary>
internal sealed class Names(IdentityCache cache)
{
    public async ValueTask<UserFacts?> UserAsync(NamedRef user)
    {
        if (user.Id is not null)
            return UserId.TryParse(user.Id, out var id) ? await cache.UserAsync(id) : null;
        return await DomainAsync(user.Domain!) is { } domain ? await cache.UserAsync(domain.Id, user.Name!) : null;
    }

    public ValueTask<UserFacts?> UserAsync(UserId id) => cache.UserAsync(id);

    public async ValueTask<ProjectFacts?> ProjectAsync(NamedRef project)
    {
        if (project.Id is not null)
            return ProjectId.TryParse(project.Id, out var id) ? await cache.ProjectAsync(id) : null;
        return await DomainAsync(project.Domain!) is { } domain
            ? await cache.ProjectAsync(domain.Id, project.Name!)
            : null;
    }

    public ValueTask<DomainFacts?> DomainAsync(DomainRef domain) =>
        string.IsNullOrEmpty(domain.Name)
            ? cache.DomainAsync(domain.Id!, name: false)
            : cache.DomainAsync(domain.Name, name: true);
}
