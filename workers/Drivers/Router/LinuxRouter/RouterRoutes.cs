using System.Text.Json;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>A router's routes beside those of its legs. They carry a number of ours, so that no other route is touched.</summary>
internal sealed class RouterRoutes(Command command)
{
    private const int Ours = 98;

    private const string Everywhere4 = "0.0.0.0/0";
    private const string Everywhere6 = "::/0";

    /// <summary>Only what differs is changed: a route that stays is never away.</summary>
    public async Task EnsureAsync(HostRouter router, string space, string? gateway, CancellationToken ct)
    {
        var wanted = router.AdminUp ? Wanted(router).ToList() : [];
        List<HostRoute> present = [.. await ListAsync(space, 4, ct), .. await ListAsync(space, 6, ct)];
        List<string> changes =
        [
            .. present
                .Where(route => !wanted.Contains(route))
                .Select(route => $"route del {route.Destination} proto {Ours}"),
            .. wanted
                .Where(route => !present.Contains(route))
                .Select(route =>
                    $"route replace {route.Destination} via {route.NextHop} proto {Ours}{Device(route, gateway)}"
                ),
        ];
        if (changes.Count > 0)
            await command.RunAsync(
                new Invocation("ip", ["-netns", space, "-batch", "-"], string.Join('\n', changes) + "\n"),
                ct
            );
    }

    /// <summary>A way out of the gateway's own comes before one among the further routes.</summary>
    private static IEnumerable<HostRoute> Wanted(HostRouter router)
    {
        var ways = new List<HostRoute>();
        if (router.Gateway?.NextHop is { } hop)
            ways.Add(new(Everywhere4, hop));
        if (router.Gateway?.NextHop6 is { } hop6)
            ways.Add(new(Everywhere6, hop6));
        return router.Routes.Where(route => ways.All(way => way.Destination != route.Destination)).Concat(ways);
    }

    // The way out may lie beside the gateway's own subnet.
    private static string Device(HostRoute route, string? gateway) =>
        route.Destination is Everywhere4 or Everywhere6 && gateway is not null ? $" dev {gateway} onlink" : "";

    private async Task<IReadOnlyList<HostRoute>> ListAsync(string space, int version, CancellationToken ct)
    {
        string[] show = ["-netns", space, $"-{version}", "-json", "route", "show", "proto", $"{Ours}"];
        var json = await command.RunAsync(new Invocation("ip", show), ct);
        var told =
            json.Trim().Length == 0 ? [] : JsonSerializer.Deserialize(json, RouterJson.Default.ToldRouteArray) ?? [];
        var (everywhere, whole) = version == 4 ? (Everywhere4, 32) : (Everywhere6, 128);
        // A single address is told without its length.
        return
        [
            .. told.Select(r => new HostRoute(
                r.Destination == "default" ? everywhere
                    : r.Destination.Contains('/') ? r.Destination
                    : $"{r.Destination}/{whole}",
                r.NextHop ?? ""
            )),
        ];
    }
}
