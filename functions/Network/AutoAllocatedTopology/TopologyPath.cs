using System.Text.Json;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AutoAllocatedTopology;

/// <summary>Whose topology a path names, and how it is shown.</summary>
internal static class TopologyPath
{
    public const string Route = "network/v2.0/auto-allocated-topology/{project}";

    /// <param name="text">A project's id; `None` is what clients send that name nobody.</param>
    /// <exception cref="Fault">Forbidden for another project's.</exception>
    public static ProjectId ProjectOf(Caller caller, string text)
    {
        if (text == "None" || text == caller.ProjectId?.Value)
            return caller.Project;
        if (!caller.IsAdmin)
            throw new Fault(FaultCode.Forbidden, "Not authorized.", "NotAuthorized");
        return ProjectId.TryParse(text, out var project)
            ? project
            : throw NeutronFault.InvalidInput($"'{text}' is not the id of a project.");
    }

    public static Answer Show(ProjectId project, string id) =>
        Answer.Bytes(
            200,
            Document.Render(json =>
            {
                json.WriteStartObject("auto_allocated_topology");
                json.WriteString("id", id);
                json.WriteString("tenant_id", project.Value);
                json.WriteString("project_id", project.Value);
                json.WriteEndObject();
            }),
            Document.Type
        );
}
