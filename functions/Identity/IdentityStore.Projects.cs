using Pipeline.Data;
using Pipeline.Identity.Domains;
using Pipeline.Identity.Projects;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string DomainColumns = "id, name, description, enabled";
    private const string ProjectColumns = "id, domain_id, name, description, enabled, tags, extra";

    public ValueTask<IReadOnlyList<Domain>> DomainsAsync(Tx tx) =>
        tx.ListAsync<Domain>($"SELECT {DomainColumns} FROM domains ORDER BY id");

    public ValueTask<Domain?> FindDomainAsync(Tx tx, string id) =>
        tx.FindAsync<Domain>($"SELECT {DomainColumns} FROM domains WHERE id = @id", new { id });

    public ValueTask<int> AddDomainAsync(Tx tx, Domain domain) =>
        tx.ExecuteAsync(
            """
            INSERT INTO domains (id, name, description, enabled, created_at)
            VALUES (@Id, @Name, @Description, @Enabled, @now)
            """,
            domain
        );

    /// <summary>In the order of ids. A page is one row longer than its limit when there are more.</summary>
    /// <param name="paged">False when rows are filtered further, so that the limit counts later.</param>
    public ValueTask<IReadOnlyList<Project>> ProjectsAsync(Tx tx, ListFilter filter, bool paged) =>
        tx.ListAsync<Project>(
            $"SELECT {ProjectColumns} FROM projects WHERE {filter.Where()} ORDER BY id{filter.SqlLimit(paged)}",
            filter.Arguments()
        );

    /// <summary>The projects that a user has a role on.</summary>
    public ValueTask<IReadOnlyList<Project>> ProjectsOfAsync(Tx tx, UserId user) =>
        tx.ListAsync<Project>(
            $"""
            SELECT {ProjectColumns} FROM projects
            WHERE id IN (SELECT project_id FROM assignments WHERE user_id = @user) ORDER BY id
            """,
            new { user }
        );

    public ValueTask<Project?> FindProjectAsync(Tx tx, string id) =>
        tx.FindAsync<Project>($"SELECT {ProjectColumns} FROM projects WHERE id = @id", new { id });

    /// <summary>False when the domain has a project of that name.</summary>
    public async ValueTask<bool> TryAddProjectAsync(Tx tx, Project project) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO projects (id, domain_id, name, description, enabled, tags, extra, created_at)
            VALUES (@Id, @DomainId, @Name, @Description, @Enabled, @Tags, @Extra, @now)
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

    public async ValueTask DeleteProjectAsync(Tx tx, ProjectId id)
    {
        await tx.ExecuteAsync("DELETE FROM assignments WHERE project_id = @id", new { id });
        await tx.ExecuteAsync("UPDATE users SET default_project_id = NULL WHERE default_project_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM projects WHERE id = @id", new { id });
    }
}
