using System.Text.Json.Nodes;
using Pipeline.Data;

namespace Pipeline.Identity.Projects;

/// <summary>Also for tokens of the project itself. On request with its place in the tree, as ids or as what the caller has a role on.</summary>
internal sealed class ShowProject(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:get_project";

    [Function("identity-show-project"), Policy(Rule, Require.Token, Check = Checks.ReadProject), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/projects/{project_id}")]
            HttpRequest request,
        Caller caller,
        string projectId
    )
    {
        var wanted = Wanted.Of(Query.Of(request));
        return await db.ReadAsync(async tx =>
        {
            var found = await store.FindProjectAsync(tx, projectId);
            policies.Enforce(Rule, caller, Targets.Project(found));
            var project = found ?? throw Refusals.NotFound("project", projectId);
            var view = ProjectView.Of(request, urls, project);
            if (!wanted.Tree)
                return Answer.Json(200, new ProjectDocument(view), IdentityJson.Default.ProjectDocument);
            var tree = new ProjectTreeView(view)
            {
                Parents = await ParentsAsync(tx, request, caller, project, wanted),
                Subtree = await SubtreeAsync(tx, request, caller, project, wanted),
            };
            return Answer.Json(
                200,
                new ProjectTreeDocument(tree.Whole(wanted)),
                IdentityJson.Default.ProjectTreeDocument
            );
        });
    }

    private async ValueTask<JsonNode?> ParentsAsync(
        Tx tx,
        HttpRequest request,
        Caller caller,
        Project project,
        Wanted wanted
    )
    {
        if (!wanted.ParentsAsIds && !wanted.ParentsAsList)
            return null;
        var parents = await store.ParentsAsync(tx, project);
        if (wanted.ParentsAsList)
            return await ListAsync(tx, request, caller, parents);
        JsonObject ids = new() { [project.DomainId.Value] = null };
        foreach (var parent in parents.Reverse())
            ids = new() { [parent.Id.Value] = ids };
        return ids;
    }

    private async ValueTask<JsonNode?> SubtreeAsync(
        Tx tx,
        HttpRequest request,
        Caller caller,
        Project project,
        Wanted wanted
    )
    {
        if (!wanted.SubtreeAsIds && !wanted.SubtreeAsList)
            return null;
        var below = await store.BelowAsync(tx, project.Id);
        return wanted.SubtreeAsList
            ? await ListAsync(tx, request, caller, below)
            : Ids(project.Id, below.ToLookup(child => child.ParentId));
    }

    private async ValueTask<JsonArray> ListAsync(
        Tx tx,
        HttpRequest request,
        Caller caller,
        IReadOnlyList<Project> projects
    )
    {
        var own = (await store.ProjectsOfAsync(tx, caller.UserId)).Select(project => project.Id).ToHashSet();
        return
        [
            .. projects
                .Where(project => own.Contains(project.Id))
                .Select(project =>
                    JsonNode.Parse(
                        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                            new ProjectDocument(ProjectView.Of(request, urls, project)),
                            IdentityJson.Default.ProjectDocument
                        )
                    )
                ),
        ];
    }

    private static JsonObject? Ids(ProjectId at, ILookup<ProjectId?, Project> children)
    {
        if (!children[at].Any())
            return null;
        var ids = new JsonObject();
        foreach (var child in children[at])
            ids[child.Id.Value] = Ids(child.Id, children);
        return ids;
    }
}

/// <summary>Which parts of the tree a client asks for.</summary>
internal sealed record Wanted(bool ParentsAsIds, bool ParentsAsList, bool SubtreeAsIds, bool SubtreeAsList)
{
    public bool Tree => ParentsAsIds || ParentsAsList || SubtreeAsIds || SubtreeAsList;

    /// <exception cref="Fault">BadRequest for a part that is asked for in both forms.</exception>
    public static Wanted Of(Query query)
    {
        var wanted = new Wanted(
            Given("parents_as_ids"),
            Given("parents_as_list"),
            Given("subtree_as_ids"),
            Given("subtree_as_list")
        );
        return (wanted.ParentsAsIds && wanted.ParentsAsList) || (wanted.SubtreeAsIds && wanted.SubtreeAsList)
            ? throw Fault.BadRequest(
                "Cannot use parents_as_list and parents_as_ids, or subtree_as_list and subtree_as_ids, at the same time."
            )
            : wanted;

        bool Given(string name) => query.Has(name) && query[name] != "0";
    }
}

internal sealed record ProjectTreeDocument(JsonObject Project);

/// <param name="Project">The project as always.</param>
internal sealed record ProjectTreeView(ProjectView Project)
{
    public JsonNode? Parents { get; init; }

    public JsonNode? Subtree { get; init; }

    /// <summary>The parts asked for are there, also when they are null.</summary>
    public JsonObject Whole(Wanted wanted)
    {
        var whole = JsonNode
            .Parse(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(Project, IdentityJson.Default.ProjectView))!
            .AsObject();
        if (wanted.ParentsAsIds || wanted.ParentsAsList)
            whole["parents"] = Parents;
        if (wanted.SubtreeAsIds || wanted.SubtreeAsList)
            whole["subtree"] = Subtree;
        return whole;
    }
}
