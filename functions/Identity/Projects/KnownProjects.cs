using Pipeline.Data;

namespace Pipeline.Identity.Projects;

internal sealed class KnownProjects(IdentityStore store) : IProjects
{
    public async ValueTask<bool> ExistsAsync(Tx tx, ProjectId project) =>
        await store.FindProjectAsync(tx, project.Value) is not null;
}
