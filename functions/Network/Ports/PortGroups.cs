using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.SecurityGroups;

namespace Pipeline.Network.Ports;

internal static class PortGroups
{
    public static void Check(IReadOnlyCollection<SecurityGroupId> groups, bool secured)
    {
        if (groups.Count > 0 && !secured)
            throw NeutronFault.Bad(
                "PortSecurityAndIPRequiredForSecurityGroups",
                "Port security must be enabled and port must have an IP address in order to use security groups."
            );
    }

    /// <summary>A port's groups are its own project's, or shared with it.</summary>
    /// <exception cref="Fault">NotFound naming the first that is not.</exception>
    public static async ValueTask CheckGroupsAsync(this Tx tx, ProjectId project, IEnumerable<SecurityGroupId> groups)
    {
        foreach (var id in groups)
        {
            var group = await tx.FindGroupAsync(id);
            if (group is null || group.ProjectId != project && !await tx.IsSharedAsync(project, id.ToString()))
                throw NeutronFault.SecurityGroupNotFound(id);
        }
    }
}
