using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>
/// A router as a namespace: the kernel forwards between its legs, nftables translates addresses of IPv4. There is no process
/// of it, so that nothing can end, but for the one that advertises IPv6.
/// </summary>
public sealed class LinuxRouterDriver : IRouterDriver
{
    private readonly LinuxRouterOptions _options;
    private readonly Command _command;
    private readonly RouterSpaces _spaces;
    private readonly RouterLinks _links;
    private readonly RouterRoutes _routes;
    private readonly Radvd _radvd;

    public LinuxRouterDriver(LinuxRouterOptions options, Command command, TimeProvider time)
    {
        (_options, _command) = (options, command);
        _spaces = new RouterSpaces(options, command);
        _links = new RouterLinks(options, command);
        _routes = new RouterRoutes(command);
        _radvd = new Radvd(options, _spaces, command, time);
    }

    public string Name => "linux-router";

    public int Contract => DriverContract.Current;

    public Task<DriverReport> ProbeAsync(CancellationToken ct) => new RouterProbe(_options, _command).RunAsync(ct);

    /// <summary>Translation stands before the first address does: nothing ever leaves under an address it should not have.</summary>
    public async Task EnsureRouterAsync(
        HostRouter router,
        IReadOnlyDictionary<PortId, string?> devices,
        CancellationToken ct
    )
    {
        RouterRules.Check(router, _options.Cloud);
        var legs = router.Legs.Select(leg => new NamedLeg(leg, DeviceOf(leg, devices))).ToList();
        var gateway = router.Gateway is { } g ? new NamedLeg(g.Leg, DeviceOf(g.Leg, devices)) : null;
        // One that outlived its namespace advertises to nobody.
        if (!_spaces.Exists(router.Id))
            await _radvd.RemoveAsync(router.Id, ct);
        var space = await _spaces.EnsureAsync(router.Id, ct);
        var rules = Translation.Render(router, gateway?.Device);
        await _command.RunAsync(_spaces.Within(router.Id, "nft", ["-f", "-"]) with { Input = rules }, ct);
        await _links.EnsureAsync(router, space, legs, gateway, ct);
        await _routes.EnsureAsync(router, space, gateway?.Device, ct);
        await _radvd.EnsureAsync(router, legs, ct);
    }

    public async Task RemoveRouterAsync(RouterId id, CancellationToken ct)
    {
        await _radvd.RemoveAsync(id, ct);
        await _spaces.RemoveAsync(id, ct);
    }

    public Task KeepAsync(CancellationToken ct) => _radvd.KeepAsync(ct);

    public Task<IReadOnlyList<RouterId>> ListRoutersAsync(CancellationToken ct) => _spaces.ListAsync(ct);

    private static string DeviceOf(RouterLeg leg, IReadOnlyDictionary<PortId, string?> devices) =>
        devices.GetValueOrDefault(leg.Port)
        ?? throw new Fault(FaultCode.DriverFailed, $"port {leg.Port} of a router has no device");
}

/// <summary>A leg with the device that it is.</summary>
internal sealed record NamedLeg(RouterLeg Leg, string Device);
