using Pipeline.Network.Wire;

namespace Pipeline.Network.AvailabilityZones;

/// <summary>The cloud's one zone, where networks are served.</summary>
internal sealed class ListAvailabilityZones(NetworkOptions options)
{
    [Function("network-list-availability-zones"), Policy("network:availability-zones:list", Require.ProjectReader)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/availability_zones")]
            HttpRequest request
    )
    {
        var query = Query.Of(request);
        (string Name, string Value)[] zone =
        [
            ("state", "available"),
            ("resource", "network"),
            ("name", options.AvailabilityZone),
        ];
        var fits = zone.All(a => !query.Has(a.Name) || query.All(a.Name).Contains(a.Value));
        return Document.Answer(json =>
            json.WriteObjects(
                "availability_zones",
                fits ? [zone] : Array.Empty<(string Name, string Value)[]>(),
                (j, attributes) =>
                {
                    foreach (var (name, value) in attributes)
                        j.WriteString(name, value);
                }
            )
        );
    }
}
