using Pipeline.Data;
using Pipeline.Identity.Domains;
using Pipeline.Identity.Projects;
using Pipeline.Identity.Purge;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string DomainColumns = "id, name, description, enabled, tags, extra";
    private const string ProjectColumns = "id, domain_id, parent_id, name, description, enabled, tags, extra";

    public ValueTask<IReadOnlyList<Domain>> DomainsAsync(Tx tx) =>
        tx.ListAsync<Domain>($"SELECT {DomainColumns} FROM domains ORDER BY id");

    public ValueTask<Domain?> FindDomainAsync(Tx tx, string id) =>
        tx.FindAsync<Domain>($"SELECT {DomainColumns} FROM domains WHERE id = @id", new { id });

    /// <summary>False when there is a domain of that name or id.</summary>
    public async ValueTask<bool> TryAddDomainAsync(Tx tx, Domain domain) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO domains (id, name, description, enabled, tags, extra, created_at)
            VALUES (@Id, @Name, @Description, @Enabled, @Tags, @Extra, @now)
            ON CONFLICT DO NOTHING
            """,
            domain
        ) == 1;

    /// <inheritdoc cref="TryAddDomainAsync"/>
    public async ValueTask<bool> TryUpdateDomainAsync(Tx tx, Domain domain) =>
        await tx.ExecuteAsync(
            """
            UPDATE domains SET name = @Name, description = @Description, enabled = @Enabled, tags = @Tags, extra = @Extra
            WHERE id = @Id AND NOT EXISTS (SELECT 1 FROM domains AS other WHERE other.name = @Name AND other.id <> @Id)
            """,
            domain
        ) == 1;

    /// <summary>With all that is in it.</summary>
    public async ValueTask DeleteDomainAsync(Tx tx, DomainId id)
    {
        foreach (
            var project in await tx.ListAsync<ProjectId>("SELECT id FROM projects WHERE domain_id = @id", new { id })
        )
        {
            await DeleteDelegationsAsync(tx, user: null, project); // their tokens end with the domain
            await DeleteProjectAsync(tx, project);
        }
        foreach (
            var group in await tx.ListAsync<GroupId>("SELECT id FROM user_groups WHERE domain_id = @id", new { id })
        )
            await DeleteGroupAsync(tx, group);
        foreach (var user in await tx.ListAsync<UserId>("SELECT id FROM users WHERE domain_id = @id", new { id }))
        {
            await DeleteDelegationsAsync(tx, user, project: null);
            await DeleteUserAsync(tx, user);
        }
        foreach (
            var role in await tx.ListAsync<RoleId>(
                "SELECT id FROM all_roles WHERE domain_id = @id",
                new { id = id.Value }
            )
        )
            await DeleteRoleAsync(tx, role);
        await DeleteGrantsOnAsync(tx, Assignments.Grant.OnDomain, id.Value);
        await tx.DeleteLimitsOfAsync(project: null, id);
        await tx.ExecuteAsync("DELETE FROM domains WHERE id = @id", new { id });
    }

    /// <summary>In the order of ids. A page is one row longer than its limit when there are more.</summary>
    /// <param name="paged">False when rows are filtered further, so that the limit counts later.</param>
    public ValueTask<IReadOnlyList<Project>> ProjectsAsync(Tx tx, ListFilter filter, bool paged) =>
        tx.ListAsync<Project>(
            $"SELECT {ProjectColumns} FROM projects WHERE {filter.Where()} ORDER BY id{filter.SqlLimit(paged)}",
            filter.Arguments()
        );

    /// <summary>The projects above one, the nearest first.</summary>
    public async ValueTask<IReadOnlyList<Project>> ParentsAsync(Tx tx, Project project)
    {
        var parents = new List<Project>();
        for (var at = project; at.ParentId is { } id && await FindProjectAsync(tx, id.Value) is { } parent; at = parent)
            parents.Add(parent);
        return parents;
    }

    /// <summary>All projects below one, in the order of ids.</summary>
    public ValueTask<IReadOnlyList<Project>> BelowAsync(Tx tx, ProjectId project) =>
        tx.ListAsync<Project>(
            $"""
            WITH RECURSIVE below (below_id) AS (
                SELECT id FROM projects WHERE parent_id = @project
                UNION
                SELECT p.id FROM projects p JOIN below ON p.parent_id = below.below_id)
            SELECT {ProjectColumns} FROM projects WHERE id IN (SELECT below_id FROM below) ORDER BY id
            """,
            new { project }
        );

    public ValueTask<Project?> FindProjectAsync(Tx tx, string id) =>
        tx.FindAsync<Project>($"SELECT {ProjectColumns} FROM projects WHERE id = @id", new { id });

    /// <summary>False when the domain has a project of that name.</summary>
    public async ValueTask<bool> TryAddProjectAsync(Tx tx, Project project) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO projects (id, domain_id, parent_id, name, description, enabled, tags, extra, created_at)
            VALUES (@Id, @DomainId, @ParentId, @Name, @Description, @Enabled, @Tags, @Extra, @now)
            ON CONFLICT DO NOTHING
            """,
            project
        ) == 1;

    /// <inheritdoc cref="TryAddProjectAsync"/>
    public async ValueTask<bool> TryUpdateProjectAsync(Tx tx, Project project) =>
        await tx.ExecuteAsync(
            """
            UPDATE projects
            SET name = @Name, description = @Description, enabled = @Enabled, tags = @Tags, extra = @Extra
            WHERE id = @Id AND NOT EXISTS (
                SELECT 1 FROM projects AS other
                WHERE other.domain_id = @DomainId AND other.name = @Name AND other.id <> @Id)
            """,
            project
        ) == 1;

    /// <summary>What it owned stays, and is found by its id among the ownerless.</summary>
    public async ValueTask DeleteProjectAsync(Tx tx, ProjectId id)
    {
        tx.RememberDeletedProject(id);
        await DeleteGrantsOnAsync(tx, Assignments.Grant.OnProject, id.Value);
        await Credentials.CredentialStore.DeleteOfAsync(tx, user: null, id);
        await tx.DeleteLimitsOfAsync(id, domain: null);
        await tx.ExecuteAsync("UPDATE users SET default_project_id = NULL WHERE default_project_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM projects WHERE id = @id", new { id });
    }
}
