using Pipeline.Data;
using Pipeline.Identity.Catalog;

namespace Pipeline.Identity.Limits;

/// <summary>What bodies of registered limits and of limits say, with the schemas of Keystone: closed, and at least one of each.</summary>
internal static class LimitOrder
{
    public static IReadOnlyList<RegisteredLimit> ReadRegistered(Fields body, OwnLimits own, Func<string> newId) =>
        [.. body.Array("registered_limits", 1).Select(item => Registered(item.Object(), own, newId()))];

    public static IReadOnlyList<Limit> ReadLimits(Fields body, OwnLimits own, Func<string> newId) =>
        [.. body.Array("limits", 1).Select(item => Own(item, own, newId()))];

    /// <summary>A registered limit with what a PATCH says laid over it.</summary>
    public static RegisteredLimit Over(RegisteredLimit limit, Fields body, OwnLimits own)
    {
        body.Only("service_id", "region_id", "resource_name", "default_limit", "description");
        var (service, name) = (
            body.Optional("service_id")?.String(1) ?? limit.ServiceId,
            body.Optional("resource_name")?.String(1) ?? limit.ResourceName
        );
        var region = body.Has("region_id") ? body.Nullable("region_id")?.String(1) : limit.RegionId;
        return limit with
        {
            ServiceId = service,
            RegionId = own.RegionOf(service, name, region),
            ResourceName = name,
            DefaultLimit = body.Optional("default_limit") is { } given ? Number(given) : limit.DefaultLimit,
            Description = Description(body, limit.Description),
        };
    }

    public static Limit Over(Limit limit, Fields body)
    {
        body.Only("resource_limit", "description");
        return limit with
        {
            ResourceLimit = body.Optional("resource_limit") is { } given ? Number(given) : limit.ResourceLimit,
            Description = Description(body, limit.Description),
        };
    }

    /// <exception cref="Fault">BadRequest when the service or the region is not in the catalogue.</exception>
    public static async ValueTask CheckPlaceAsync(
        Tx tx,
        IdentityStore store,
        ServiceCatalog catalog,
        string kind,
        (string Service, string? Region) place
    )
    {
        if (!catalog.IsOwnService(place.Service) && await store.FindServiceAsync(tx, place.Service) is null)
            throw Missing("service_id", kind);
        if (
            place.Region is { } region
            && !catalog.IsOwnRegion(region)
            && await store.FindRegionAsync(tx, region) is null
        )
            throw Missing("region_id", kind);
    }

    /// <summary>What a body names is not there.</summary>
    public static Fault Missing(string attribute, string kind) =>
        Fault.BadRequest($"Expecting to find {attribute} in {kind}.");

    private static RegisteredLimit Registered(Fields item, OwnLimits own, string id) =>
        Over(
            new()
            {
                Id = id,
                Resource = id,
                ServiceId = item.String("service_id", 1),
                ResourceName = item.String("resource_name", 1),
                DefaultLimit = Number(item["default_limit"]),
            },
            item,
            own
        );

    private static Limit Own(Field field, OwnLimits own, string id)
    {
        var item = field.Object();
        item.Only(
            "service_id",
            "region_id",
            "resource_name",
            "resource_limit",
            "description",
            "project_id",
            "domain_id"
        );
        var (project, domain) = (item.Nullable("project_id"), item.Nullable("domain_id"));
        if (project is null == domain is null)
            throw field.Wrong("must name a project_id or a domain_id, and not both");
        var (service, name) = (item.String("service_id", 1), item.String("resource_name", 1));
        return new()
        {
            Id = id,
            ProjectId = project?.Id<ProjectId>(),
            DomainId = domain?.Id<DomainId>(),
            ServiceId = service,
            RegionId = own.RegionOf(service, name, item.Nullable("region_id")?.String(1)),
            ResourceName = name,
            ResourceLimit = Number(item["resource_limit"]),
            Description = Description(item, null),
        };
    }

    private static long Number(Field field) => field.Long(-1, int.MaxValue);

    private static string? Description(Fields body, string? before) =>
        body.Has("description") ? body.Nullable("description")?.String(max: 65_535) : before;
}
