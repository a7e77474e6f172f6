using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>A router's legs: devices that the network driver made, taken into the router's namespace and given their addresses.</summary>
internal sealed class RouterLinks(LinuxRouterOptions options, Command command)
{
    private readonly DeviceList _devices = new(command);

    public async Task EnsureAsync(
        HostRouter router,
        string space,
        IReadOnlyList<NamedLeg> legs,
        NamedLeg? gateway,
        CancellationToken ct
    )
    {
        List<NamedLeg> all = gateway is null ? [.. legs] : [.. legs, gateway];
        var outside = (await _devices.ListAsync(options.HostNamespace, ct)).Select(d => d.Name).ToHashSet();
        var taken = all.Where(leg => outside.Contains(leg.Device))
            .Select(leg => $"link set {leg.Device} netns {space}");
        await ChangeAsync(options.HostNamespace, taken, ct);
        var inside = (await _devices.ListAsync(space, ct)).ToDictionary(d => d.Name);
        if (all.Find(leg => !inside.ContainsKey(leg.Device)) is { } missing)
            throw new Fault(FaultCode.DriverFailed, $"device {missing.Device} of router {router.Id} is missing");
        // A leg that is not wanted any more falls silent at once; its device goes with its port.
        var silent = inside.Values.Where(d => d.Name != "lo" && all.TrueForAll(leg => leg.Device != d.Name));
        await ChangeAsync(
            space,
            [
                .. silent.Select(d => $"link set {d.Name} down"),
                .. all.SelectMany(leg => Changes(router, leg, leg == gateway, inside[leg.Device])),
            ],
            ct
        );
    }

    private static IEnumerable<string> Changes(HostRouter router, NamedLeg named, bool isGateway, Device present)
    {
        var (leg, name) = (named.Leg, named.Device);
        var further = router
            .FloatingIps.Select(f => f.Address)
            .Concat((router.Forwardings ?? []).Select(f => f.Address));
        IEnumerable<string> floating = isGateway ? further.Select(address => $"{address}/32") : [];
        // What guests take for their router, and what advertisements are sent from.
        IEnumerable<string> link = leg.Addresses.Any(IsIpv6)
            ? [$"{LinkLocal.Of(leg.Mac)}/{LinkLocal.PrefixLength}"]
            : [];
        var wanted = leg.Addresses.Concat(floating).Concat(link).Distinct().ToList();
        var kept = present.Addresses;
        // The address of a device that is up changes only by way of down, which costs it its routes and addresses of IPv6.
        if (!string.Equals(present.Mac, leg.Mac, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"link set {name} down address {leg.Mac}";
            kept = [.. kept.Where(address => !IsIpv6(address))];
        }
        yield return $"link set {name} mtu {leg.Mtu} addrgenmode none";
        foreach (var old in kept.Except(wanted))
            yield return $"address del {old} dev {name}";
        // Whose they are the cloud knows: a router that comes back does not ask around first (DAD).
        foreach (var added in wanted.Except(kept))
            yield return $"address add {added} dev {name}{(IsIpv6(added) ? " nodad" : "")}";
        yield return $"link set {name} {(router.AdminUp ? "up" : "down")}";
    }

    private static bool IsIpv6(string address) => address.Contains(':');

    private async Task ChangeAsync(string? space, IEnumerable<string> changes, CancellationToken ct)
    {
        var input = string.Join('\n', changes);
        string[] within = space is null ? [] : ["-netns", space];
        if (input.Length > 0)
            await command.RunAsync(new Invocation("ip", [.. within, "-batch", "-"], input + "\n"), ct);
    }
}
