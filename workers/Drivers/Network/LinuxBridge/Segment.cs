using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A network's namespace on this host with its filter, its bridge, and the bridge's addresses.</summary>
internal sealed class Segment(LinuxBridgeOptions options, Command command, Links links, BridgeFilter filter)
{
    /// <summary>The filter stands before the first device does. Returns the namespace's devices as they were before.</summary>
    /// <exception cref="Fault">Conflict when another cloud holds the network here.</exception>
    public async Task<IReadOnlyList<Link>> EnsureAsync(HostNetwork network, Filter rules, CancellationToken ct)
    {
        await filter.EnsureAsync(ct);
        var devices = await EnsureNamespaceAsync(network.Id, ct);
        var bridge = devices.FirstOrDefault(link => link.Name == Names.Bridge(network.Id));
        if (bridge?.Alias is { } alias && alias != Names.NetworkAlias(options.Cloud, network.Id))
            throw Fault.Conflict($"network {network.Id} is held by another cloud on this host");
        await filter.LoadAsync(network.Id, rules, ct);
        await links.ChangeAsync(options.Spaces.NameOf(network.Id), Changes(network, bridge), ct);
        return devices;
    }

    /// <summary>Absent is success; what another cloud holds is absent.</summary>
    public async Task RemoveAsync(NetworkId id, CancellationToken ct)
    {
        if (!options.Spaces.Exists(id))
            return;
        var devices = await links.ListAsync(options.Spaces.NameOf(id), ct);
        var bridge = devices.FirstOrDefault(link => link.Name == Names.Bridge(id));
        if (bridge?.Alias is { } alias && alias != Names.NetworkAlias(options.Cloud, id))
            return;
        // A listening socket may keep a namespace alive after its name has gone, so it is emptied first.
        await links.ChangeAsync(
            options.Spaces.NameOf(id),
            devices.Where(IsOurs).Select(link => $"link del {link.Name}"),
            ct
        );
        await command.RunAsync(new Invocation("ip", ["netns", "delete", options.Spaces.NameOf(id)]), ct);
        filter.Forget(id);
    }

    /// <summary>Whether somebody has changed the filter that this process loaded.</summary>
    public bool HasLostFilter(NetworkId id) => filter.IsLost(id);

    public async Task<bool> IsHeldAsync(NetworkId id, CancellationToken ct)
    {
        try
        {
            var devices = await links.ListAsync(options.Spaces.NameOf(id), ct);
            return devices.Any(link => link.Alias == Names.NetworkAlias(options.Cloud, id));
        }
        catch (Fault) when (!options.Spaces.Exists(id))
        {
            return false; // it went while we looked
        }
    }

    private async Task<IReadOnlyList<Link>> EnsureNamespaceAsync(NetworkId id, CancellationToken ct)
    {
        if (options.Spaces.Exists(id))
            return await links.ListAsync(options.Spaces.NameOf(id), ct);
        // A name without a namespace behind it: its making was interrupted.
        if (File.Exists(options.Spaces.PathOf(id)))
            await command.RunAsync(new Invocation("ip", ["netns", "delete", options.Spaces.NameOf(id)]), ct);
        await command.RunAsync(new Invocation("ip", ["netns", "add", options.Spaces.NameOf(id)]), ct);
        return [];
    }

    private static bool IsOurs(Link link) => link.Name.StartsWith("pl", StringComparison.Ordinal);

    private IEnumerable<string> Changes(HostNetwork network, Link? bridge)
    {
        var name = Names.Bridge(network.Id);
        if (bridge is null)
            yield return $"link add {name} type bridge";
        yield return "link set lo up";
        yield return $"link set {name} alias {Names.NetworkAlias(options.Cloud, network.Id)}";
        yield return $"link set {name} address {Names.BridgeMac(network.Id)} mtu {network.Mtu} addrgenmode none";
        yield return $"link set {name} type bridge forward_delay 0 stp_state 0 mcast_snooping 0 nf_call_iptables 1 nf_call_ip6tables 1";
        // Every host of the network has them: asking around whether an address is taken (DAD) would only delay the servers.
        var wanted = Addresses(network).ToList();
        var present = (bridge?.Addresses ?? []).Select(a => $"{Prefixes.ParseAddress(a.Local)}/{a.Length}").ToList();
        foreach (var address in present.Except(wanted))
            yield return $"address del {address} dev {name}";
        foreach (var address in wanted.Except(present))
            yield return $"address add {address} dev {name}{(address.Contains(':') ? " nodad" : "")}";
        yield return $"link set {name} up";
    }

    private static IEnumerable<string> Addresses(HostNetwork network)
    {
        yield return $"{Rules.MetadataAddress}/32";
        foreach (var subnet in network.Subnets)
            if (subnet.IsServed())
                yield return $"{Prefixes.ParseAddress(subnet.DhcpAddress!)}/{Prefixes.Parse(subnet.Cidr).PrefixLength}";
        if (network.IsServed(6))
            yield return $"{LinkLocal.Of(Names.BridgeMac(network.Id))}/{LinkLocal.PrefixLength}";
    }
}
