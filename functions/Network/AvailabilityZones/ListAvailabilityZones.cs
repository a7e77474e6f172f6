using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AvailabilityZones;

/// <summary>Where networks are served, and where routers can be placed.</summary>
internal sealed class ListAvailabilityZones(Database db, NetworkOptions options)
{
    [Function("network-list-availability-zones"), Policy("network:availability-zones:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/availability_zones")]
            HttpRequest request
    )
    {
        var query = Query.Of(request);
        var zones = await db.ReadAsync(tx => tx.ListZonesAsync(options.AvailabilityZone));
        var shown = zones.Select(Attributes).Where(zone => zone.All(Fits));
        return Document.Answer(json =>
            json.WriteObjects(
                "availability_zones",
                shown,
                (j, attributes) =>
                {
                    foreach (var (name, value) in attributes)
                        j.WriteString(name, value);
                }
            )
        );

        bool Fits((string Name, string Value) attribute) =>
            !query.Has(attribute.Name) || query.All(attribute.Name).Contains(attribute.Value);
    }

    private static (string Name, string Value)[] Attributes(Zone zone) =>
        [("state", zone.IsAvailable ? "available" : "unavailable"), ("resource", zone.Resource), ("name", zone.Name)];
}
