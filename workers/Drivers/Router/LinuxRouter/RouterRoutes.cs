using System.Text.Json;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>A router's routes beside those of its legs. They carry a number of ours, so that no other route is touched.</summary>
internal sealed class RouterRoutes(Command command)
{
    private const int Ours = 98;

    /// <summary>Only what differs is changed: a route that stays is never away.</summary>
    public async Task EnsureAsync(HostRouter router, string space, string? gateway, CancellationToken ct)
    {
        var wanted = router.AdminUp ? Wanted(router).ToList() : [];
        var present = await ListAsync(space, ct);
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

    private static IEnumerable<HostRoute> Wanted(HostRouter router) =>
        router.Gateway?.NextHop is { } hop
            ? router.Routes.Where(route => route.Destination != "0.0.0.0/0").Append(new HostRoute("default", hop))
            : router.Routes.Select(route =>
                route.Destination == "0.0.0.0/0" ? route with { Destination = "default" } : route
            );

    // The way out may lie beside the gateway's own subnet.
    private static string Device(HostRoute route, string? gateway) =>
        route.Destination == "default" && gateway is not null ? $" dev {gateway} onlink" : "";

    private async Task<IReadOnlyList<HostRoute>> ListAsync(string space, CancellationToken ct)
    {
        var show = new Invocation("ip", ["-netns", space, "-json", "route", "show", "proto", $"{Ours}"]);
        var json = await command.RunAsync(show, ct);
        var told =
            json.Trim().Length == 0 ? [] : JsonSerializer.Deserialize(json, RouterJson.Default.ToldRouteArray) ?? [];
        // A single address is told without its length.
        return
        [
            .. told.Select(r => new HostRoute(
                r.Destination == "default" || r.Destination.Contains('/') ? r.Destination : $"{r.Destination}/32",
                r.NextHop ?? ""
            )),
        ];
    }
}
