namespace Pipeline.Identity.Limits;

/// <summary>The filters that lists of limits and of registered limits share.</summary>
internal sealed record LimitFilter(string? ServiceId, string? RegionId, string? ResourceName)
{
    public static LimitFilter Of(HttpRequest request)
    {
        var query = Query.Of(request);
        return new(query["service_id"], query["region_id"], query["resource_name"]);
    }

    public bool Fits(string serviceId, string? regionId, string resourceName) =>
        (ServiceId is null || ServiceId == serviceId)
        && (RegionId is null || RegionId == regionId)
        && (ResourceName is null || ResourceName == resourceName);
}
