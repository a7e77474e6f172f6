using Pipeline.Data;

namespace Pipeline.Identity.Limits;

internal sealed record LimitDocument(LimitView Limit);

internal sealed record LimitList(IReadOnlyList<LimitView> Limits, ListLinks Links);

/// <summary>What was made, several at once.</summary>
internal sealed record LimitsMade(IReadOnlyList<LimitView> Limits);

internal sealed record LimitModelDocument(LimitModel Model);

/// <param name="Name">How limits of projects bear on each other.</param>
internal sealed record LimitModel(string Name, string Description);

internal sealed record LimitView(
    string Id,
    ProjectId? ProjectId,
    DomainId? DomainId,
    string ServiceId,
    string? RegionId,
    string ResourceName,
    long ResourceLimit,
    string? Description,
    SelfLink Links
)
{
    public static LimitView Of(HttpRequest request, IdentityUrls urls, Limit limit) =>
        new(
            limit.Id,
            limit.ProjectId,
            limit.DomainId,
            limit.ServiceId,
            limit.RegionId,
            limit.ResourceName,
            limit.ResourceLimit,
            limit.Description,
            new(urls.Of(request, $"limits/{limit.Id}"))
        );

    public static Answer Answer(HttpRequest request, IdentityUrls urls, Limit limit) =>
        Runtime.Answer.Json(200, new LimitDocument(Of(request, urls, limit)), IdentityJson.Default.LimitDocument);
}
