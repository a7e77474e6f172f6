using Pipeline.Data;
using Pipeline.Identity.Catalog;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Cache;

/// <summary>
/// What tokens and logins look up, read through from the database and dropped when the feed brings a change. What is not
/// there is not remembered, so a new user is known at once.
/// </summary>
internal sealed class IdentityCache(Database db, IdentityStore store)
{
    private const int Most = 50_000;

    private readonly Lock gate = new();
    private readonly Remembered<UserId, UserFacts> users = new(Most);
    private readonly Remembered<(DomainId, string), UserFacts> usersByName = new(Most);
    private readonly Remembered<ProjectId, ProjectFacts> projects = new(Most);
    private readonly Remembered<(DomainId, string), ProjectFacts> projectsByName = new(Most);
    private readonly Remembered<(UserId, TokenScope), IReadOnlyList<RoleFacts>> grants = new(Most);
    private readonly Remembered<Delegated, Delegation> delegations = new(Most);
    private readonly Remembered<string, DomainFacts> domains = new(Most);
    private volatile RoleSet? roles;
    private volatile CatalogRows? catalog;
    private long version;

    public ValueTask<UserFacts?> UserAsync(UserId id) =>
        users.Find(id) is { } known
            ? new(known)
            : ReadAsync(tx => store.UserFactsAsync(tx, id), user => users.Put(id, user));

    public ValueTask<UserFacts?> UserAsync(DomainId domain, string name) =>
        usersByName.Find((domain, name)) is { } known
            ? new(known)
            : ReadAsync(tx => store.UserFactsAsync(tx, domain, name), user => usersByName.Put((domain, name), user));

    public ValueTask<ProjectFacts?> ProjectAsync(ProjectId id) =>
        projects.Find(id) is { } known
            ? new(known)
            : ReadAsync(tx => store.ProjectFactsAsync(tx, id), project => projects.Put(id, project));

    public ValueTask<ProjectFacts?> ProjectAsync(DomainId domain, string name) =>
        projectsByName.Find((domain, name)) is { } known
            ? new(known)
            : ReadAsync(
                tx => store.ProjectFactsAsync(tx, domain, name),
                project => projectsByName.Put((domain, name), project)
            );

    public ValueTask<Delegation?> DelegationAsync(Delegated named) =>
        delegations.Find(named) is { } known
            ? new(known)
            : ReadAsync(tx => store.DelegationAsync(tx, named), delegation => delegations.Put(named, delegation));

    /// <param name="name">True when the text is a domain's name, false when it is its id.</param>
    public ValueTask<DomainFacts?> DomainAsync(string text, bool name)
    {
        var key = name ? $"name:{text}" : $"id:{text}";
        return domains.Find(key) is { } known
            ? new(known)
            : ReadAsync(tx => store.DomainFactsAsync(tx, text, name), domain => domains.Put(key, domain));
    }

    public async ValueTask<RoleSet> RolesAsync() =>
        roles ?? (await ReadAsync<RoleSet>(async tx => await store.RoleSetAsync(tx), read => roles = read))!;

    /// <summary>The roles that a user has somewhere now, implied ones included; empty for none.</summary>
    public async ValueTask<IReadOnlyList<RoleFacts>> GrantsAsync(UserId user, TokenScope on)
    {
        if (grants.Find((user, on)) is { } known)
            return known;
        return (
            await ReadAsync<IReadOnlyList<RoleFacts>>(
                async tx =>
                {
                    var set = await store.RoleSetAsync(tx);
                    return set.Effective(await store.AssignedAsync(tx, user, on));
                },
                read => grants.Put((user, on), read)
            )
        )!;
    }

    /// <summary>What operators added to the catalogue; the same object until that changes.</summary>
    public async ValueTask<CatalogRows> CatalogAsync() =>
        catalog ?? (await ReadAsync<CatalogRows>(async tx => await store.CatalogAsync(tx), read => catalog = read))!;

    /// <summary>Drops what the changes concern.</summary>
    /// <param name="upTo">The version that memory reflects from now on.</param>
    public void Apply(IEnumerable<Change> changes, long upTo)
    {
        lock (gate)
        {
            version = upTo;
            foreach (var change in changes)
                Drop(change);
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            users.Clear();
            usersByName.Clear();
            projects.Clear();
            projectsByName.Clear();
            domains.Clear();
            grants.Clear();
            delegations.Clear();
            roles = null;
            catalog = null;
        }
    }

    private void Drop(Change change)
    {
        switch (change)
        {
            case { Kind: Change.OfUser, UserId: { } user }:
                users.Drop(user);
                usersByName.Clear(); // the name may be another one now
                break;
            case { Kind: Change.OfProject, ProjectId: { } project }:
                projects.Drop(project);
                projectsByName.Clear();
                break;
            case { Kind: Change.OfAssignment, UserId: { } user, ProjectId: { } project }:
                grants.Drop((user, TokenScope.Of(project)));
                break;
            case { Kind: Change.OfDelegation, Subject: { } delegation }:
                delegations.Drop(new(DelegationKind.ApplicationCredential, delegation));
                delegations.Drop(new(DelegationKind.Trust, delegation));
                break;
            case { Kind: Change.OfCatalog }:
                catalog = null;
                break;
            case { Kind: Change.OfGrants }:
                grants.Clear();
                break;
            case { Kind: Change.OfRoles }:
                roles = null;
                grants.Clear();
                break;
            case { Kind: Change.OfDomain }:
                domains.Clear();
                users.Clear(); // they show their domain's name, and whether it is enabled
                usersByName.Clear();
                projects.Clear();
                projectsByName.Clear();
                roles = null;
                break;
            case { Kind: Change.OfAll }:
                Clear();
                break;
        }
    }

    // A snapshot older than the last change applied is used, and not kept: what it shows may have been dropped already.
    private async ValueTask<T?> ReadAsync<T>(Func<Tx, ValueTask<T?>> query, Action<T> keep)
        where T : class
    {
        var (value, readAt) = await db.ReadAsync(async tx =>
        {
            var state = await store.ChangeStateAsync(tx);
            return (await query(tx), state.Version);
        });
        if (value is not null)
            lock (gate)
                if (readAt >= version)
                    keep(value);
        return value;
    }
}
