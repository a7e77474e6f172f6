using System.Text.Json;
using Pipeline.Data;

namespace Pipeline.Identity.Projects;

internal sealed record TagsDocument(string[] Tags, SelfLink Links);

/// <summary>The tags of a project, one by one and all together.</summary>
internal sealed class ProjectTags(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string All = "identity/v3/projects/{project_id}/tags";
    private const string One = $"{All}/{{value}}";
    private const int Most = 80;

    [Function("identity-list-project-tags")]
    [Policy("identity:list_project_tags", Require.Token, Check = Checks.ReadProject), Answers(200)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request,
        Caller caller,
        string projectId
    ) => View(request, projectId, await ReadAsync("identity:list_project_tags", caller, projectId));

    [Function("identity-check-project-tag")]
    [Policy("identity:get_project_tag", Require.Token, Check = Checks.ReadProject), Answers(204)]
    public async Task<IResult> CheckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        Caller caller,
        string projectId,
        string value
    ) =>
        (await ReadAsync("identity:get_project_tag", caller, projectId)).Contains(value)
            ? Answer.NoContent()
            : throw NotFound(value);

    [Function("identity-set-project-tags")]
    [Policy("identity:update_project_tags", Require.Token, Check = Checks.WriteProject), Answers(200)]
    public async Task<IResult> SetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = All)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId
    )
    {
        var tags = Parse(ProjectFields.ReadTags((await request.ReadFieldsAsync())["tags"]));
        await WriteAsync("identity:update_project_tags", caller, requestId, projectId, _ => tags);
        return View(request, projectId, tags);
    }

    [Function("identity-clear-project-tags")]
    [Policy("identity:delete_project_tags", Require.Token, Check = Checks.WriteProject), Answers(204)]
    public async Task<IResult> ClearAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = All)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId
    )
    {
        await WriteAsync("identity:delete_project_tags", caller, requestId, projectId, _ => []);
        return Answer.NoContent();
    }

    [Function("identity-add-project-tag")]
    [Policy("identity:create_project_tag", Require.Token, Check = Checks.WriteProject), Answers(201)]
    public async Task<IResult> AddAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string value
    )
    {
        if (value.Length is 0 or > 255 || value.Contains(','))
            throw Fault.BadRequest(
                $"'{value}' is no tag: it must have 1 to 255 characters, and neither comma nor slash."
            );
        await WriteAsync("identity:create_project_tag", caller, requestId, projectId, tags => [.. tags.Union([value])]);
        return Answer
            .Empty(201)
            .With("Location", urls.Of(request, $"projects/{projectId}/tags/{Uri.EscapeDataString(value)}"));
    }

    [Function("identity-remove-project-tag")]
    [Policy("identity:delete_project_tag", Require.Token, Check = Checks.WriteProject), Answers(204)]
    public async Task<IResult> RemoveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string value
    )
    {
        await WriteAsync(
            "identity:delete_project_tag",
            caller,
            requestId,
            projectId,
            tags => tags.Contains(value) ? [.. tags.Where(tag => tag != value)] : throw NotFound(value)
        );
        return Answer.NoContent();
    }

    private Task<string[]> ReadAsync(string rule, Caller caller, string projectId) =>
        db.ReadAsync(async tx => Parse((await FindAsync(tx, rule, caller, projectId)).Tags));

    private Task<bool> WriteAsync(
        string rule,
        Caller caller,
        RequestId requestId,
        string projectId,
        Func<string[], string[]> change
    ) =>
        db.WriteAsync(async tx =>
        {
            var project = await FindAsync(tx, rule, caller, projectId);
            var tags = change(Parse(project.Tags));
            if (tags.Length > Most)
                throw Fault.BadRequest($"A project has at most {Most} tags.");
            var after = project with { Tags = JsonSerializer.Serialize(tags, IdentityJson.Default.StringArray) };
            await tx.AuditAsync(caller.Audit(requestId, rule, $"project/{projectId}"));
            return await store.TryUpdateProjectAsync(tx, after);
        });

    private async ValueTask<Project> FindAsync(Tx tx, string rule, Caller caller, string projectId)
    {
        var project = await store.FindProjectAsync(tx, projectId);
        policies.Enforce(rule, caller, Targets.Project(project));
        return project ?? throw Refusals.NotFound("project", projectId);
    }

    private Answer View(HttpRequest request, string projectId, string[] tags) =>
        Answer.Json(
            200,
            new TagsDocument(tags, new(urls.Of(request, $"projects/{projectId}/tags"))),
            IdentityJson.Default.TagsDocument
        );

    private static string[] Parse(string tags) => JsonSerializer.Deserialize(tags, IdentityJson.Default.StringArray)!;

    private static Fault NotFound(string tag) => Fault.NotFound($"Could not find project tag: {tag}.");
}
