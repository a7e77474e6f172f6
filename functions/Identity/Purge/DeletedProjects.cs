using Pipeline.Data;
using Pipeline.Identity.Projects;

namespace Pipeline.Identity.Purge;

internal sealed record DeletedProject
{
    public ProjectId Id { get; init; }
    public DomainId DomainId { get; init; }
    public string Name { get; init; } = "";
    public DateTimeOffset DeletedAt { get; init; }
}

/// <summary>The SQL of projects that are gone, and may have left something.</summary>
internal static class DeletedProjects
{
    private const string Columns = "id, domain_id, name, deleted_at";

    public static void RememberDeletedProject(this Tx tx, ProjectId id) =>
        tx.Send(
            $"""
            INSERT INTO deleted_projects ({Columns}) SELECT id, domain_id, name, @now FROM projects WHERE id = @id
            ON CONFLICT (id) DO NOTHING
            """,
            new { id }
        );

    public static ValueTask<DeletedProject?> FindDeletedProjectAsync(this Tx tx, ProjectId id) =>
        tx.FindAsync<DeletedProject>($"SELECT {Columns} FROM deleted_projects WHERE id = @id", new { id });

    public static ValueTask<IReadOnlyList<DeletedProject>> ListDeletedProjectsAsync(
        this Tx tx,
        string after,
        int limit
    ) =>
        tx.ListAsync<DeletedProject>(
            $"SELECT {Columns} FROM deleted_projects WHERE id > @after ORDER BY id LIMIT @limit",
            new { after, limit }
        );

    public static async ValueTask ForgetDeletedProjectAsync(this Tx tx, ProjectId id) =>
        await tx.ExecuteAsync("DELETE FROM deleted_projects WHERE id = @id", new { id });
}
