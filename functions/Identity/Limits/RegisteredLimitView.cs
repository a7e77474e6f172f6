using Pipeline.Data;

namespace Pipeline.Identity.Limits;

internal sealed record RegisteredLimitDocument(RegisteredLimitView RegisteredLimit);

internal sealed record RegisteredLimitList(IReadOnlyList<RegisteredLimitView> RegisteredLimits, ListLinks Links);

/// <summary>What was made, several at once.</summary>
internal sealed record RegisteredLimitsMade(IReadOnlyList<RegisteredLimitView> RegisteredLimits);

internal sealed record RegisteredLimitView(
    string Id,
    string ServiceId,
    string? RegionId,
    string ResourceName,
    long DefaultLimit,
    string? Description,
    SelfLink Links
)
{
    public static RegisteredLimitView Of(HttpRequest request, IdentityUrls urls, RegisteredLimit limit) =>
        new(
            limit.Id,
            limit.ServiceId,
            limit.RegionId,
            limit.ResourceName,
            limit.DefaultLimit,
            limit.Description,
            new(urls.Of(request, $"registered_limits/{limit.Id}"))
        );

    public static Answer Answer(HttpRequest request, IdentityUrls urls, RegisteredLimit limit) =>
        Runtime.Answer.Json(
            200,
            new RegisteredLimitDocument(Of(request, urls, limit)),
            IdentityJson.Default.RegisteredLimitDocument
        );
}
