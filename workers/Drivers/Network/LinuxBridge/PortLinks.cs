using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// A port's devices: a veth pair from the host's namespace to the bridge's. A container or a router takes the host's end itself; to a
/// virtual machine's tap the kernel redirects every frame of it, so that no filter of the host's own ever sees one. The host's end of
/// a port that its guest has by a tag is joined with another port's tap.
/// </summary>
internal sealed class PortLinks(LinuxBridgeOptions options, Links links, PortLimits limits, TagLinks tags)
{
    /// <summary>Makes what is missing and sets the rest; nothing comes up before all that leads to the bridge is in place.</summary>
    /// <param name="inside">The devices of the network's namespace.</param>
    /// <returns>The device a guest attaches to; null for a port that is had by a tag.</returns>
    /// <exception cref="Fault">Conflict when a device of that name is somebody else's.</exception>
    public async Task<string?> EnsureAsync(HostPort port, IReadOnlyList<Link> inside, CancellationToken ct)
    {
        if (port.Tag is not null && options.Device != PortDevice.Tap)
            throw Fault.Conflict($"port {port.Id} cannot be had by a tag where guests take their devices away");
        var all = await links.ListAsync(null, ct);
        var outside = Mine(all, port.Id);
        if (outside.Concat(Mine(inside, port.Id)).FirstOrDefault(link => !IsOurs(link, port.Id)) is { } foreign)
            throw Fault.Conflict($"the name {foreign.Name} of a port is taken by another device on this host");
        if (outside.Any(link => link.Alias is { } alias && alias != Alias(port)))
        {
            // It was another kind of port, or had another tag.
            await DeleteAsync(null, port.Id, ct);
            outside = [];
            inside = [.. inside.Where(link => link.Name != Names.Port(port.Id))];
        }
        var whole = inside.Any(link => link.Name == Names.Port(port.Id));
        await links.ChangeAsync(null, Make(port, outside, whole), ct);
        if (IsTap(port))
            await links.ControlTrafficAsync(null, Glue(port), ct);
        await links.ChangeAsync(options.Spaces.NameOf(port.Network), Inside(port), ct);
        await limits.EnsureAsync(port, inside, ct);
        // The host's end of a container's pair may have gone into the container.
        if (IsTap(port))
            await links.ChangeAsync(
                null,
                [$"link set {Names.Leg(port.Id)} up", $"link set {Names.Guest(port.Id)} up"],
                ct
            );
        if (port.Tag is not null || tags.Of(port.Id, all).Count > 0)
            await tags.JoinAsync(port.Id, ct);
        if (port.Tag is null)
            return Names.Guest(port.Id);
        await links.ChangeAsync(null, [$"link set {Names.Leg(port.Id)} up"], ct);
        return null;
    }

    /// <summary>Whether a guest's port lacks a device where guests find theirs; what a container has taken away is not known.</summary>
    /// <param name="outside">The devices there, by their names.</param>
    public bool HasLost(PortId id, IReadOnlyDictionary<string, Link> outside) =>
        options.Device == PortDevice.Tap
        && !(
            outside.TryGetValue(Names.Leg(id), out var leg) && (outside.ContainsKey(Names.Guest(id)) || tags.IsEnd(leg))
        );

    /// <summary>Absent is success. A device in use by a guest goes all the same.</summary>
    public async Task RemoveAsync(PortId id, NetworkId? network, CancellationToken ct)
    {
        // Outside first: the end that goes says by its alias what is to be taken off its parent.
        await DeleteAsync(null, id, ct);
        if (network is { } held && options.Spaces.Exists(held))
            await DeleteAsync(options.Spaces.NameOf(held), id, ct);
    }

    private async Task DeleteAsync(string? space, PortId id, CancellationToken ct)
    {
        var all = await links.ListAsync(space, ct);
        var devices = Mine(all, id).Where(link => IsOurs(link, id)).ToList();
        foreach (var end in tags.Of(id, devices))
            tags.Part(end, all);
        await links.ChangeAsync(space, devices.Select(link => $"link del {link.Name}"), ct);
    }

    private IEnumerable<string> Make(HostPort port, List<Link> outside, bool whole)
    {
        var (end, guest, inner) = (OuterEnd(port), Names.Guest(port.Id), Names.Port(port.Id));
        var hasEnd = outside.Any(link => link.Name == end);
        if (!whole && hasEnd)
            yield return $"link del {end}";
        if (!whole)
            yield return $"link add {end} type veth peer name {inner} netns {options.Spaces.NameOf(port.Network)}";
        if (IsTap(port) && outside.All(link => link.Name != guest))
            yield return $"tuntap add dev {guest} mode tap";
        foreach (
            var device in IsTap(port) ? [end, guest]
            : !whole || hasEnd ? [end]
            : Array.Empty<string>()
        )
        {
            yield return $"link set {device} alias {Alias(port)}";
            yield return $"link set {device} mtu {port.Mtu} addrgenmode none";
        }
    }

    private IEnumerable<string> Inside(HostPort port)
    {
        var inner = Names.Port(port.Id);
        yield return $"link set {inner} alias {Names.PortAlias(options.Cloud, port.Network, port.Id)}";
        yield return $"link set {inner} mtu {port.Mtu} addrgenmode none master {Names.Bridge(port.Network)}";
        yield return $"link set {inner} {(port.AdminUp ? "up" : "down")}";
    }

    private static IEnumerable<string> Glue(HostPort port) =>
        [
            .. Links.Redirect(Names.Guest(port.Id), Names.Leg(port.Id)),
            .. Links.Redirect(Names.Leg(port.Id), Names.Guest(port.Id)),
        ];

    private string OuterEnd(HostPort port) =>
        IsTap(port) || port.Tag is not null ? Names.Leg(port.Id) : Names.Guest(port.Id);

    private bool IsTap(HostPort port) => options.Device == PortDevice.Tap && !port.Routed && port.Tag is null;

    /// <summary>Of its devices outside.</summary>
    private string Alias(HostPort port) =>
        port.Tag is { } tag
            ? Names.TagAlias(options.Cloud, port.Network, port.Id, tag)
            : Names.PortAlias(options.Cloud, port.Network, port.Id);

    private static List<Link> Mine(IEnumerable<Link> devices, PortId id) =>
        [
            .. devices.Where(link =>
                link.Name == Names.Guest(id)
                || link.Name == Names.Leg(id)
                || link.Name == Names.Port(id)
                || link.Name == Names.Limit(id)
            ),
        ];

    // Made, but not yet named: the agent died in between.
    private bool IsOurs(Link link, PortId id) =>
        link.Alias is null || (Names.TryReadPort(options.Cloud, link.Alias, out _, out var owner) && owner == id);
}
