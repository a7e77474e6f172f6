using Pipeline.Data;
using Pipeline.Identity.Assignments;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Domains;
using Pipeline.Identity.Passwords;
using Pipeline.Identity.Projects;
using Pipeline.Identity.Roles;
using Pipeline.Identity.Tokens;
using Pipeline.Identity.Users;

namespace Pipeline.Identity.Bootstrap;

/// <summary>
/// A new cloud's domain, projects, users and roles, in one transaction. Run at every start: a cloud that has them is left
/// as it is.
/// </summary>
internal sealed class FirstStart(
    Database db,
    IdentityStore store,
    ChangeLog changes,
    Randomness randomness,
    IdentityOptions options
)
{
    private const int PasswordLength = 20;
    private const string Rule = "identity:bootstrap";

    /// <summary>In order: each implies the next.</summary>
    private static readonly string[] RoleNames = ["admin", "manager", "member", "reader"];

    /// <summary>Of users in whose name services speak to one another; it implies none, as Keystone's bootstrap has it.</summary>
    private const string ServiceRole = "service";

    /// <param name="keep">
    /// Stores the passwords, before they are: when the process dies in between, the next start makes new ones.
    /// </param>
    /// <returns>True when this call made the cloud's first users.</returns>
    public async Task<bool> EnsureAsync(Func<FirstPasswords, Task> keep)
    {
        if (await db.ReadAsync(IsDoneAsync))
            return false;
        var passwords = new FirstPasswords(randomness.Password(PasswordLength), randomness.Password(PasswordLength));
        await keep(passwords);
        var (admin, demo) = (Hash(passwords.Admin), Hash(passwords.Demo));
        var roles = RoleNames
            .Append(ServiceRole)
            .ToDictionary(name => name, name => new Role { Id = new(NewId()), Name = name });
        var (adminProject, demoProject) = (
            NewProject("admin", "Bootstrap project for initializing the cloud."),
            NewProject("demo", "")
        );
        var (adminUser, demoUser) = (NewUser("admin"), NewUser("demo"));
        return await db.WriteAsync(async tx =>
        {
            if (await IsDoneAsync(tx))
                return false; // another functions host was first
            await AddRolesAsync(tx, roles);
            await store.TryAddDomainAsync(tx, TheDomain());
            await store.TryAddProjectAsync(tx, adminProject);
            await store.TryAddProjectAsync(tx, demoProject);
            await AddUserAsync(tx, adminUser, admin);
            await AddUserAsync(tx, demoUser, demo);
            await GrantAsync(tx, adminUser, TokenScope.Of(adminProject.Id), roles["admin"]);
            await GrantAsync(tx, adminUser, TokenScope.Of(demoProject.Id), roles["admin"]);
            await GrantAsync(tx, adminUser, TokenScope.System, roles["admin"]);
            await GrantAsync(tx, demoUser, TokenScope.Of(demoProject.Id), roles["member"]);
            await GrantAsync(tx, demoUser, TokenScope.Of(demoProject.Id), roles["reader"]);
            await changes.AddAsync(tx, Change.All());
            await tx.AuditAsync(new(adminUser.Id, null, Domain.Default, "bootstrap", Rule, $"domain/{Domain.Default}"));
            return true;
        });
    }

    private async ValueTask<bool> IsDoneAsync(Tx tx) =>
        await store.FindDomainAsync(tx, Domain.Default.Value) is not null;

    private async ValueTask AddRolesAsync(Tx tx, Dictionary<string, Role> roles)
    {
        foreach (var role in roles.Values)
            await store.TryAddRoleAsync(tx, role);
        foreach (var (role, implied) in RoleNames.Zip(RoleNames.Skip(1)))
            await store.AddImplicationAsync(tx, roles[role].Id, roles[implied].Id);
    }

    private async ValueTask GrantAsync(Tx tx, User user, TokenScope on, Role role) =>
        await store.AddGrantAsync(tx, Grant.Of(user.Id, on, role.Id));

    private async ValueTask AddUserAsync(Tx tx, User user, string hash)
    {
        await store.TryAddUserAsync(tx, user);
        await store.SetPasswordAsync(tx, user.Id, new(hash, ExpiresAt: null, Chosen: false));
    }

    private static Domain TheDomain() =>
        new()
        {
            Id = Domain.Default,
            Name = "Default",
            Description = "The default domain",
            Enabled = true,
        };

    private Project NewProject(string name, string description) =>
        new()
        {
            Id = new(NewId()),
            DomainId = Domain.Default,
            Name = name,
            Description = description,
            Enabled = true,
        };

    private User NewUser(string name) =>
        new()
        {
            Id = new(NewId()),
            DomainId = Domain.Default,
            Name = name,
            Enabled = true,
        };

    private string NewId() => randomness.NewGuid().ToString("N");

    private string Hash(string password) => PasswordHash.Make(password, options.PasswordIterations, randomness.Fill);
}
