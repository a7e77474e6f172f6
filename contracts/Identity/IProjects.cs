using Pipeline.Data;

namespace Pipeline.Contracts.Identity;

/// <summary>Query interface: the projects that there are, for services that are told of one that is not their caller's.</summary>
public interface IProjects
{
    ValueTask<bool> ExistsAsync(Tx tx, ProjectId project);
}
