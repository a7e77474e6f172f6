using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Pipeline.Identity.Projects;

internal sealed record ProjectDocument(ProjectView Project);

internal sealed record ProjectList(IReadOnlyList<ProjectView> Projects, ListLinks Links);

internal sealed record ProjectView(
    ProjectId Id,
    string Name,
    DomainId DomainId,
    string? Description,
    bool Enabled,
    string ParentId,
    bool IsDomain,
    string[] Tags,
    JsonObject Options,
    SelfLink Links
)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    public static ProjectView Of(HttpRequest request, IdentityUrls urls, Project project) =>
        new(
            project.Id,
            project.Name,
            project.DomainId,
            project.Description,
            project.Enabled,
            project.ParentId?.Value ?? project.DomainId.Value,
            IsDomain: false,
            JsonSerializer.Deserialize(project.Tags, IdentityJson.Default.StringArray)!,
            [],
            new(urls.Of(request, $"projects/{project.Id}"))
        )
        {
            Extra = Extras.Show(project.Extra),
        };

    public static Answer Answer(int status, HttpRequest request, IdentityUrls urls, Project project) =>
        Runtime.Answer.Json(
            status,
            new ProjectDocument(Of(request, urls, project)),
            IdentityJson.Default.ProjectDocument
        );

    public static Answer Answer(
        HttpRequest request,
        IdentityUrls urls,
        IReadOnlyList<Project> projects,
        ListLinks links
    ) =>
        Runtime.Answer.Json(
            200,
            new ProjectList([.. projects.Select(project => Of(request, urls, project))], links),
            IdentityJson.Default.ProjectList
        );
}
