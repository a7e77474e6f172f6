using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Manageable;

/// <summary>What an operator asks for: the body of `POST /manageable_volumes`, read and checked for form alone.</summary>
/// <param name="Host">`host@backend`, with its pool or without.</param>
/// <param name="Zone">Can be that of the backend alone; null to say nothing.</param>
/// <param name="Source">The name of what lies there.</param>
internal sealed record ManagedOrder(
    string Host,
    string Source,
    string? Name,
    string? Description,
    string? Type,
    bool Bootable,
    Dictionary<string, string> Metadata,
    string? Zone
)
{
    public static ManagedOrder Read(Fields body)
    {
        var order = body.Object("volume");
        order.Only(
            "host",
            "cluster",
            "ref",
            "name",
            "description",
            "volume_type",
            "availability_zone",
            "bootable",
            "metadata"
        );
        if (order.Nullable("cluster") is { } cluster)
            throw cluster.Wrong("is not offered: there are no clusters");
        var named = order.Object("ref");
        named.Only("source-name");
        return new(
            order.String("host", 1),
            named.String("source-name", 1),
            NewVolume.NameOf(order.Nullable("name")),
            NewVolume.NameOf(order.Nullable("description")),
            order.Nullable("volume_type")?.String(1),
            order.Nullable("bootable")?.Bool(text: true) ?? false,
            order.Nullable("metadata")?.Object().StringMap() ?? [],
            order.Nullable("availability_zone")?.String(1)
        );
    }
}
