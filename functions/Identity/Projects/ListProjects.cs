using Pipeline.Data;

namespace Pipeline.Identity.Projects;

internal sealed class ListProjects(Database db, IdentityStore store, IdentityUrls urls)
{
    [Function("identity-list-projects"), Policy("identity:list_projects", Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/projects")] HttpRequest request
    )
    {
        var (filter, tags, query) = (ListFilter.Of(request), new TagFilter(Query.Of(request)), Query.Of(request));
        var rows = Acts(query, filter)
            ? await db.ReadAsync(tx => store.ProjectsAsync(tx, WithParent(filter, query), paged: tags.IsEmpty))
            : [];
        var (page, next) = filter.Take(
            tags.IsEmpty ? rows : rows.Where(tags.Fits),
            project => project.Name,
            project => project.Id.Value
        );
        return ProjectView.Answer(request, urls, page, urls.Links(request, "projects", next));
    }

    // No project acts as a domain, and every project's parent is its domain.
    private static bool Acts(Query query, ListFilter filter) =>
        query.Bool("is_domain") != true
        && (query["parent_id"] is not { } parent || filter.DomainId is null || parent == filter.DomainId);

    private static ListFilter WithParent(ListFilter filter, Query query) =>
        filter with
        {
            DomainId = filter.DomainId ?? query["parent_id"],
        };
}
