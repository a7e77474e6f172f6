namespace Pipeline.BlockStorage.Limits;

/// <summary>Which filters the lists of each kind take.</summary>
internal sealed class ListResourceFilters
{
    private static readonly (string Resource, string[] Filters)[] All =
    [
        (
            "volume",
            [
                "name",
                "status",
                "metadata",
                "glance_metadata",
                "bootable",
                "availability_zone",
                "created_at",
                "updated_at",
                "group_id",
                "consumes_quota",
            ]
        ),
        ("snapshot", ["name", "status", "volume_id", "metadata"]),
        ("backup", ["name", "status", "volume_id"]),
        ("attachment", ["volume_id", "status", "instance_id", "attach_status"]),
        ("message", ["resource_uuid", "resource_type", "event_id", "request_id", "message_level"]),
        ("pool", ["name", "volume_type"]),
        ("volume_type", ["is_public"]),
    ];

    [Function("volume-list-resource-filters"), Policy("volume:get_all", Require.ProjectReader)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/resource_filters")] HttpRequest request,
        Microversion version
    )
    {
        if (version < VolumeVersions.Filters)
            throw Fault.NotFound($"API version {version} is not supported on this method.");
        var resource = Query.Of(request)["resource"];
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("resource_filters"u8);
                foreach (var (name, filters) in All.Where(one => resource is null || resource == one.Resource))
                {
                    w.WriteStartObject();
                    w.WriteString("resource"u8, name);
                    w.WriteStartArray("filters"u8);
                    foreach (var filter in filters)
                        w.WriteStringValue(filter);
                    w.WriteEndArray();
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }
}
