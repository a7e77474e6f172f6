using System.Text.Json;
using Pipeline.Data;
using Pipeline.Identity.Assignments;
using Pipeline.Identity.Changes;
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
    public async Task<UserId> EnsureAsync(IdentityProvider provider, MappedLogin login)
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
            var id = new UserId(known ?? fresh.User);
            if (known is null || await identity.FindUserAsync(tx, known) is null)
                await AddAsync(tx, provider, login, id, isNew: known is null);
            await GroupsAsync(tx, provider, login, id);
            for (var i = 0; i < login.Projects.Count; i++)
                await ProjectAsync(tx, provider, login.Projects[i], fresh.Projects[i], id);
            return id;
        });
    }

    private ProjectId NewProject() => new(randomness.NewGuid().ToString("N"));

    private async ValueTask AddAsync(Tx tx, IdentityProvider provider, MappedLogin login, UserId id, bool isNew)
    {
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
    }

    // Memberships that somebody else has given stay.
    private async ValueTask GroupsAsync(Tx tx, IdentityProvider provider, MappedLogin login, UserId user)
    {
        var wanted = new HashSet<GroupId>();
        foreach (var group in login.Groups)
            if (await FindGroupAsync(tx, provider, group) is { } found)
                wanted.Add(found);
        var had = await store.MappedGroupsAsync(tx, user);
        foreach (var gone in had.Except(wanted))
        {
            await identity.RemoveMemberAsync(tx, gone, user);
            await store.DeleteMappedAsync(tx, user, gone);
        }
        var come = false;
        foreach (var group in wanted)
            if (await identity.AddMemberAsync(tx, group, user))
            {
                await store.AddMappedAsync(tx, user, group);
                come = true;
            }
        if (come || had.Except(wanted).Any())
            await changes.AddAsync(tx, Change.Grants(revokes: had.Except(wanted).Any()));
    }

    // A group that is gone gives nothing.
    private async ValueTask<GroupId?> FindGroupAsync(Tx tx, IdentityProvider provider, MappedName group)
    {
        if (group.Id is { } id)
            return (await identity.FindGroupAsync(tx, id))?.Id;
        var domain = await DomainAsync(tx, provider, group.DomainId, group.DomainName);
        return group.Name is { } name && domain is { } within ? await identity.GroupIdAsync(tx, within, name) : null;
    }

    private async ValueTask ProjectAsync(
        Tx tx,
        IdentityProvider provider,
        MappedProject wanted,
        ProjectId id,
        UserId user
    )
    {
        if (await DomainAsync(tx, provider, wanted.DomainId, wanted.DomainName) is not { } domain)
            throw Refusals.Unauthorized();
        var project = new Project
        {
            Id = id,
            DomainId = domain,
            Name = wanted.Name,
            Enabled = true,
        };
        if (!await identity.TryAddProjectAsync(tx, project))
            project = project with { Id = (await identity.ProjectFactsAsync(tx, domain, wanted.Name))!.Id };
        var roles = await identity.RolesAsync(tx);
        foreach (var name in wanted.Roles)
        {
            var role = roles.FirstOrDefault(one => one.Name == name) ?? throw Refusals.Unauthorized();
            if (await identity.AddGrantAsync(tx, Grant.Of(user, TokenScope.Of(project.Id), role.Id)))
                await changes.AddAsync(tx, Change.Assignment(user, project.Id, revokes: false));
        }
    }

    private async ValueTask<DomainId?> DomainAsync(Tx tx, IdentityProvider provider, string? id, string? name) =>
        id is null && name is null ? provider.DomainId
        : (await identity.DomainFactsAsync(tx, id ?? name!, name: id is null)) is { } domain ? domain.Id
        : null;
}
