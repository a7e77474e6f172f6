using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// What joins a network's bridge to its other hosts: a VXLAN device with a forwarding entry for each of them, or the inner end
/// of a pair whose outer one is a port of the host's bridge into a physical network. Where the network is a VLAN there, programs at
/// the outer end give what leaves its tag, and take it from what comes. A local network has none.
/// </summary>
internal sealed class Uplink(LinuxBridgeOptions options, Command command, Links links)
{
    private const string Anyone = "00:00:00:00:00:00";
    private const ushort Only = 1;

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
            // Not `vlan`: so were called the devices of 802.1Q that agents made before, and that have to go.
            "vlan" =>
                $"{Names.NetworkAlias(options.Cloud, network.Id)}:tag:{network.SegmentId}:{options.PhysicalNetworks[network.PhysicalNetwork!]}",
            _ => null,
        };

    private async Task MakeAsync(HostNetwork network, string space, CancellationToken ct)
    {
        if (network.SegmentType != "vxlan")
        {
            await MakePairAsync(network, space, ct);
            return;
        }
        var kind = $"vxlan id {network.SegmentId} local {options.Underlay} dstport {options.TunnelPort}";
        // A tunnel's packets leave through the namespace in which its device was made, wherever the device is.
        await links.ChangeAsync(
            options.UnderlayNamespace,
            [$"link add {Names.Uplink(network.Id)} netns {space} type {kind}"],
            ct
        );
    }

    /// <summary>Nothing passes before the tags are looked after.</summary>
    private async Task MakePairAsync(HostNetwork network, string space, CancellationToken ct)
    {
        var (outer, physical) = (
            Names.Physical(network.Id, options.Host),
            options.PhysicalNetworks[network.PhysicalNetwork!]
        );
        var outside = await links.ListAsync(null, ct);
        var bridge =
            outside.FirstOrDefault(link => link.Name == physical)
            ?? throw new Fault(FaultCode.DriverFailed, $"the bridge {physical} is not on this host");
        if (outside.Any(link => link.Name == outer))
            await links.ChangeAsync(null, [$"link del {outer}"], ct);
        string[] pair =
        [
            $"link add {outer} type veth peer name {Names.Uplink(network.Id)} netns {space}",
            $"link set {outer} alias {Names.NetworkAlias(options.Cloud, network.Id)}",
            // A port that takes less than its bridge would make that take less, too.
            $"link set {outer} mtu {bridge.Mtu} addrgenmode none",
        ];
        await links.ChangeAsync(null, pair, ct);
        if (network.SegmentType == "vlan")
            await TagAsync(network, outer, ct);
        await links.ChangeAsync(null, [$"link set {outer} master {physical}", $"link set {outer} up"], ct);
    }

    private async Task TagAsync(HostNetwork network, string outer, CancellationToken ct)
    {
        var device = (await links.ListAsync(null, ct)).First(link => link.Name == outer).Index;
        Classifiers.Within(
            options.HostNamespace,
            $"network {network.Id} cannot be a VLAN on this host",
            () => Tag(device, network.SegmentId)
        );
    }

    /// <summary>Puts the programs on a device of the calling thread's namespace.</summary>
    /// <exception cref="IOException">The kernel's word.</exception>
    public static void Tag(int device, int vlan)
    {
        Classifiers.EnsureHooks(device);
        using var enter = BpfProgram.Load(TagPrograms.Enter(vlan));
        Classifiers.Attach(device, Hook.Egress, Only, enter);
        using var leave = BpfProgram.Load(TagPrograms.Leave(vlan));
        Classifiers.Attach(device, Hook.Ingress, Only, leave);
    }

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
