using Pipeline.Data;

namespace Pipeline.Identity.Purge;

/// <summary>Projects that were deleted, and still own something. A page may hold fewer than its limit: it looks at so many.</summary>
internal sealed class ListOwnerless(Database db, ProjectHoldings holdings)
{
    private const string Rule = "identity:list_ownerless";
    private const int Most = 500;

    [Function("identity-list-ownerless"), Policy(Rule, Require.SystemReader), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/ownerless")] HttpRequest request
    )
    {
        var page = Page.Of(request, Most);
        var (shown, next) = await db.ReadAsync(async tx =>
        {
            var deleted = await tx.ListDeletedProjectsAsync(page.Marker ?? "", page.Limit + 1);
            var found = new List<OwnerlessView>();
            foreach (var project in deleted.Take(page.Limit))
                if (await holdings.CountAsync(tx, project.Id) is { Count: > 0 } counts)
                    found.Add(new(project.Id, project.Name, project.DomainId, Times.Show(project.DeletedAt), counts));
            var more = deleted.Count > page.Limit && page.Limit > 0;
            return (found, more ? deleted[page.Limit - 1].Id.Value : null);
        });
        var link = next is null ? null : "/identity/v3/ownerless" + Page.NextQuery(request, next);
        return Answer.Json(200, new(shown, link), IdentityJson.Default.OwnerlessList);
    }
}

internal sealed record OwnerlessList(IReadOnlyList<OwnerlessView> Ownerless, string? Next);

/// <param name="Holdings">How many of each kind.</param>
internal sealed record OwnerlessView(
    ProjectId ProjectId,
    string Name,
    DomainId DomainId,
    string DeletedAt,
    IReadOnlyDictionary<string, long> Holdings
);
