using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// What joins a network's bridge to its other hosts: a VXLAN device with a forwarding entry for each of them; the inner end
/// of a pair whose outer one is a port of the host's bridge into a physical network; or a device for a VLAN of that bridge. A
/// local network has none.
/// </summary>
internal sealed class Uplink(LinuxBridgeOptions options, Command command, Links links)
{
    private const string Anyone = "00:00:00:00:00:00";

    /// <exception cref="Fault">BadRequest for a physical network that this host does not know.</exception>
    public static void Check(LinuxBridgeOptions options, HostNetwork network)
    {
        if (network.PhysicalNetwork is { } physical && !options.PhysicalNetworks.ContainsKey(physical))
            throw Fault.BadRequest($"physical network '{physical}' is not on this host");
    }

    /// <summary>A device that leads elsewhere than is wanted goes first.</summary>
    public async Task EnsureAsync(HostNetwork network, CancellationToken ct)
    {
        var space = options.Spaces.NameOf(network.Id);
        var device = Names.Uplink(network.Id);
        var here = (await links.ListAsync(space, ct)).FirstOrDefault(link => link.Name == device);
        var wanted = AliasOf(network);
        if (here is not null && here.Alias != wanted)
            await links.ChangeAsync(space, [$"link del {device}"], ct);
        if (wanted is null)
            return;
        if (here?.Alias != wanted)
            await MakeAsync(network, space, ct);
        string[] changes =
        [
            $"link set {device} alias {wanted}",
            $"link set {device} mtu {network.Mtu} addrgenmode none master {Names.Bridge(network.Id)}",
            $"link set {device} up",
        ];
        await links.ChangeAsync(space, changes, ct);
        if (network.SegmentType == "vxlan")
            await ForwardAsync(network, space, ct);
    }

    /// <summary>Null where the network stays on this host: by its type, or because the host has no underlay address.</summary>
    private string? AliasOf(HostNetwork network) =>
        network.SegmentType switch
        {
            "vxlan" when options.Underlay is { } underlay =>
                $"{Names.NetworkAlias(options.Cloud, network.Id)}:vxlan:{network.SegmentId}:{underlay}",
            "flat" =>
                $"{Names.NetworkAlias(options.Cloud, network.Id)}:flat:{options.PhysicalNetworks[network.PhysicalNetwork!]}",
            "vlan" =>
                $"{Names.NetworkAlias(options.Cloud, network.Id)}:vlan:{network.SegmentId}:{options.PhysicalNetworks[network.PhysicalNetwork!]}",
            _ => null,
        };

    // A tunnel's packets leave through the namespace in which its device was made, wherever the device is.
    private async Task MakeAsync(HostNetwork network, string space, CancellationToken ct)
    {
        var (device, outer) = (Names.Uplink(network.Id), Names.Physical(network.Id));
        if (network.SegmentType == "vxlan")
        {
            var kind = $"vxlan id {network.SegmentId} local {options.Underlay} dstport {options.TunnelPort}";
            await links.ChangeAsync(options.UnderlayNamespace, [$"link add {device} netns {space} type {kind}"], ct);
            return;
        }
        if (network.SegmentType == "vlan")
        {
            await links.ChangeAsync(null, [Tagged(network, options, space)], ct);
            return;
        }
        if ((await links.ListAsync(null, ct)).Any(link => link.Name == outer))
            await links.ChangeAsync(null, [$"link del {outer}"], ct);
        string[] pair =
        [
            $"link add {outer} type veth peer name {device} netns {space}",
            $"link set {outer} alias {Names.NetworkAlias(options.Cloud, network.Id)}",
            $"link set {outer} addrgenmode none master {options.PhysicalNetworks[network.PhysicalNetwork!]}",
            $"link set {outer} up",
        ];
        await links.ChangeAsync(null, pair, ct);
    }

    /// <summary>The physical network's frames with one tag, without it, in the network's namespace; it goes with that. Pure.</summary>
    public static string Tagged(HostNetwork network, LinuxBridgeOptions options, string space) =>
        $"link add link {options.PhysicalNetworks[network.PhysicalNetwork!]} name {Names.Uplink(network.Id)} netns {space} "
        + $"type vlan id {network.SegmentId}";

    /// <summary>Frames for all, and for addresses not heard of yet, go to each host of the network; the others are learned.</summary>
    private async Task ForwardAsync(HostNetwork network, string space, CancellationToken ct)
    {
        var device = Names.Uplink(network.Id);
        var show = new Invocation("bridge", ["-netns", space, "fdb", "show", "dev", device]);
        var present = (await command.RunAsync(show, ct))
            .Split('\n')
            .Select(line => line.Split(' '))
            .Where(words => words is [Anyone, "dst", _, ..])
            .Select(words => words[2])
            .ToList();
        List<string> changes =
        [
            .. network.Peers.Except(present).Select(peer => $"fdb append {Anyone} dev {device} dst {peer}"),
            .. present.Except(network.Peers).Select(peer => $"fdb del {Anyone} dev {device} dst {peer}"),
        ];
        if (changes.Count > 0)
            await command.RunAsync(
                new Invocation("bridge", ["-netns", space, "-batch", "-"], string.Join('\n', changes) + "\n"),
                ct
            );
    }
}
