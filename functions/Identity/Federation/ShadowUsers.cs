using System.Text.Json;
using Pipeline.Data;
using Pipeline.Identity.Assignments;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Groups;
using Pipeline.Identity.Projects;
using Pipeline.Identity.Tokens;
using Pipeline.Identity.Users;

namespace Pipeline.Identity.Federation;

/// <summary>
/// The row that stands for somebody of another issuer, made at their first login and kept up with what a mapping says at each. A user of this
/// cloud's own is never taken for one of them.
/// </summary>
internal sealed class ShadowUsers(
    Database db,
    FederationStore store,
    IdentityStore identity,
    ChangeLog changes,
    Randomness randomness
)
{
    /// <exception cref="Fault">Unauthorized when the mapping names a group or role that is not there.</exception>
    public async Task<UserId> EnsureAsync(IdentityProvider provider, MappedLogin login, RequestId requestId)
    {
        var fresh = (
            User: randomness.NewGuid().ToString("N"),
            Projects: login.Projects.Select(_ => NewProject()).ToList()
        );
        return await db.WriteAsync(async tx =>
        {
            await identity.LockGrantsAsync(tx);
            if (await identity.FindDomainAsync(tx, provider.DomainId.Value) is null)
                throw Refusals.Unauthorized();
            var known = await store.UserOfAsync(tx, provider.Id, login.User.Id!);
            var visit = new Visit(tx, provider, new(known ?? fresh.User), requestId);
            if (known is null || await identity.FindUserAsync(tx, known) is null)
                await AddAsync(visit, login, isNew: known is null);
            await GroupsAsync(visit, login.Groups);
            for (var i = 0; i < login.Projects.Count; i++)
                await ProjectAsync(visit, login.Projects[i], fresh.Projects[i]);
            return visit.User;
        });
    }

    private ProjectId NewProject() => new(randomness.NewGuid().ToString("N"));

    private async ValueTask AddAsync(Visit visit, MappedLogin login, bool isNew)
    {
        var (tx, provider, id, _) = visit;
        var mail = new Dictionary<string, JsonElement>();
        if (login.Email is not null)
            mail["email"] = JsonSerializer.SerializeToElement(login.Email, IdentityJson.Default.String);
        var user = new User
        {
            Id = id,
            DomainId = provider.DomainId,
            Name = login.User.Name!,
            Enabled = true,
            Extra = Extras.Merge(Extras.None, mail),
        };
        var other = user with { Name = $"{user.Name} ({id.Value[..8]})" }; // the name is another's: nobody gets their account
        if (!await identity.TryAddUserAsync(tx, user) && !await identity.TryAddUserAsync(tx, other))
            throw Refusals.Duplicate("user", user.Name);
        if (isNew)
            await store.AddUserAsync(tx, provider.Id, login.User.Id!, id);
        await changes.AddAsync(tx, Change.User(id, revokes: false));
        await visit.AuditAsync($"user/{id}");
    }

    // Memberships that somebody else has given stay.
    private async ValueTask GroupsAsync(Visit visit, IReadOnlyList<MappedName> claimed)
    {
        var (tx, _, user, _) = visit;
        var wanted = new HashSet<GroupId>();
        foreach (var group in claimed)
            if (await FindGroupAsync(visit, group) is { } found)
                wanted.Add(found);
        var gone = (await store.MappedGroupsAsync(tx, user)).Where(group => !wanted.Contains(group)).ToList();
        var changed = new List<GroupId>(gone);
        foreach (var group in gone)
        {
            await identity.RemoveMemberAsync(tx, group, user);
            await store.DeleteMappedAsync(tx, user, group);
        }
        foreach (var group in wanted)
            if (await identity.AddMemberAsync(tx, group, user))
            {
                await store.AddMappedAsync(tx, user, group);
                changed.Add(group);
            }
        if (changed.Count > 0)
            await changes.AddAsync(tx, Change.Grants(revokes: gone.Count > 0));
        foreach (var group in changed)
            await visit.AuditAsync(new MemberPath(group.Value, user.Value).Target);
    }

    // A group that is gone gives nothing.
    private async ValueTask<GroupId?> FindGroupAsync(Visit visit, MappedName group)
    {
        if (group.Id is { } id)
            return (await identity.FindGroupAsync(visit.Tx, id))?.Id;
        var domain = await DomainAsync(visit, group.DomainId, group.DomainName);
        return group.Name is { } name && domain is { } within
            ? await identity.GroupIdAsync(visit.Tx, within, name)
            : null;
    }

    private async ValueTask ProjectAsync(Visit visit, MappedProject wanted, ProjectId fresh)
    {
        var (tx, _, user, _) = visit;
        if (await DomainAsync(visit, wanted.DomainId, wanted.DomainName) is not { } domain)
            throw Refusals.Unauthorized();
        var project = new Project
        {
            Id = fresh,
            DomainId = domain,
            Name = wanted.Name,
            Enabled = true,
        };
        if (await identity.TryAddProjectAsync(tx, project))
            await visit.AuditAsync($"project/{project.Id}");
        else
            project = project with { Id = (await identity.ProjectFactsAsync(tx, domain, wanted.Name))!.Id };
        var roles = await identity.RolesAsync(tx);
        foreach (var name in wanted.Roles)
        {
            var role = roles.FirstOrDefault(one => one.Name == name) ?? throw Refusals.Unauthorized();
            if (!await identity.AddGrantAsync(tx, Grant.Of(user, TokenScope.Of(project.Id), role.Id)))
                continue; // given already
            var path = new GrantPath(project.Id.Value, UserId: user.Value, RoleId: role.Id.Value);
            await changes.AddAsync(tx, path.Change(revokes: false));
            await visit.AuditAsync(path.Target);
        }
    }

    private async ValueTask<DomainId?> DomainAsync(Visit visit, string? id, string? name) =>
        id is null && name is null ? visit.Provider.DomainId
        : (await identity.DomainFactsAsync(visit.Tx, id ?? name!, name: id is null)) is { } domain ? domain.Id
        : null;

    /// <summary>A login under way. What it changes is done by the user whom it shows, in their domain's name.</summary>
    private sealed record Visit(Tx Tx, IdentityProvider Provider, UserId User, RequestId RequestId)
    {
        public ValueTask AuditAsync(string target) =>
            Tx.AuditAsync(new(User, null, Provider.DomainId, RequestId.Value, FederatedLogin.Rule, target));
    }
}
