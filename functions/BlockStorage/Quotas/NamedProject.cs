using Pipeline.Data;

namespace Pipeline.BlockStorage.Quotas;

/// <summary>A project that an admin names in a path or a body.</summary>
internal static class NamedProject
{
    /// <exception cref="Fault">BadRequest for one that is not there: nothing is kept of it.</exception>
    public static async ValueTask CheckAsync(this IProjects projects, Tx tx, ProjectId project)
    {
        if (!await projects.ExistsAsync(tx, project))
            throw Fault.BadRequest($"Project ID {project} is not a valid project.");
    }
}
