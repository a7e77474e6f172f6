using Pipeline.Data;

namespace Pipeline.Identity.Projects;

internal sealed class ListProjects(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_projects";

    [Function("identity-list-projects"), Policy(Rule, Require.Token, Check = Checks.ListInDomain), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/projects")] HttpRequest request,
        Caller caller
    )
    {
        policies.Enforce(Rule, caller, Targets.List(caller));
        var query = Query.Of(request);
        var (filter, tags) = (
            ListFilter.Of(request).For(caller) with
            {
                ParentId = query["parent_id"],
            },
            new TagFilter(query)
        );
        var rows =
            query.Bool("is_domain") == true // no project acts as a domain
                ? []
                : await db.ReadAsync(tx => store.ProjectsAsync(tx, filter, paged: tags.IsEmpty));
        var (page, next) = filter.Take(
            tags.IsEmpty ? rows : rows.Where(tags.Fits),
            project => project.Name,
            project => project.Id.Value
        );
        return ProjectView.Answer(request, urls, page, urls.Links(request, "projects", next));
    }
}
