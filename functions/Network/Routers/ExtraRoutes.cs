using Pipeline.Network.Ipam;
using Pipeline.Network.Subnets;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Routers;

/// <summary>A router's routes beside those of its interfaces. Pure.</summary>
internal static class ExtraRoutes
{
    private const int Most = 30;

    public static IReadOnlyList<SubnetRoute> Read(Fields item)
    {
        var routes = item.Nullable("routes") is { } field
            ? field.Array().Select(r => Read(r.Object(), field)).ToList()
            : [];
        return routes.GroupBy(r => r).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw NeutronFault.Invalid("routes", $"Duplicate hostroute '{twice.Key.Destination}'.")
            : routes;
    }

    /// <param name="own">The router's addresses, with the prefixes of their subnets.</param>
    /// <exception cref="Fault">BadRequest for a next hop that the router does not reach, or that is itself.</exception>
    public static void Check(IReadOnlyList<SubnetRoute> routes, IReadOnlyList<(Cidr Prefix, string Address)> own)
    {
        if (routes.Count > Most)
            throw NeutronFault.Bad(
                "RoutesExhausted",
                $"Unable to complete operation. The number of routes exceeds the maximum {Most}."
            );
        foreach (var route in routes)
        {
            if (!IsReached(route.NextHop, own))
                throw Wrong(route, "the nexthop is not connected with router");
            if (own.Any(o => o.Address == route.NextHop))
                throw Wrong(route, "the nexthop is used by router");
        }
    }

    /// <summary>Those that a kernel takes: addresses change after routes were said, and the rest has to go on.</summary>
    public static IEnumerable<SubnetRoute> Usable(
        IEnumerable<SubnetRoute> routes,
        IReadOnlyList<(Cidr Prefix, string Address)> own
    ) => routes.Where(r => IsReached(r.NextHop, own) && own.All(o => o.Address != r.NextHop));

    private static bool IsReached(string nextHop, IReadOnlyList<(Cidr Prefix, string Address)> own) =>
        IpAddress.TryParse(nextHop, out var hop) && own.Any(o => o.Prefix.IsUsable(hop));

    private static SubnetRoute Read(Fields route, Field all)
    {
        var (destination, hop) = (route.String("destination"), route.String("nexthop"));
        if (!destination.Contains('/') || !Cidr.TryParse(destination, out var prefix))
            throw NeutronFault.Invalid("routes", $"'{destination}' is not a valid CIDR in {all.Json}.");
        if (!IpAddress.TryParse(hop, out var address))
            throw NeutronFault.Invalid("routes", $"'{hop}' is not a valid IP address.");
        var read = new SubnetRoute(prefix.ToString(), address.ToString());
        return prefix.Version == address.Version
            ? read
            : throw Wrong(read, "the nexthop is not of the destination's version");
    }

    private static Fault Wrong(SubnetRoute route, string why) =>
        NeutronFault.Bad("InvalidRoutes", $"Invalid format for routes: {route.Destination} via {route.NextHop}, {why}");
}
