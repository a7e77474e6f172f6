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

    /// <summary>A port's connections are remembered, or they are not. The caller holds the groups where there are several.</summary>
    /// <exception cref="Fault">Conflict where some of the groups are stateful and some are not.</exception>
    public static async ValueTask CheckOneKindAsync(this Tx tx, IReadOnlyCollection<SecurityGroupId> groups)
    {
        if (groups.Count < 2)
            return;
        var rows = await tx.ListGroupsByIdAsync(groups.Select(g => g.ToString()));
        if (rows.DistinctBy(r => r.Stateful).Count() > 1)
            throw Fault.Conflict(
                "Error Cannot apply both stateful and stateless security groups on the same port while attempting the "
                    + "operation.",
                "SecurityGroupConflict"
            );
    }
}
